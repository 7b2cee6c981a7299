import { createMemoryStore } from "@mintfax-webhooks/core";
import { withPlant } from "../engine/plants.ts";
import { useClock, virtualise } from "../simulation/virtual-clock.ts";
import type { Subject } from "./subject.ts";

/**
 * In this process, on a clock that only we move.
 *
 * @param plant a bug to put into it
 */
export function openMemory(plant?: string): Subject {
  const clock = {
    nowMs: 0,
    wallMs: 0,
    setTimeout: () => {
      throw new Error("the memory store has set a timer");
    },
    clearTimeout() {},
  };
  const restore = virtualise();
  useClock(clock);
  return {
    name: "memory",
    store: withPlant(createMemoryStore(), plant),
    retentionMs: 7 * 24 * 3_600_000,
    elapse(ms) {
      clock.nowMs += ms;
    },
    close() {
      useClock(undefined);
      restore();
    },
  };
}
