import { play } from "./hand-off/play.ts";
import type { Options } from "./options.ts";
import { playUntilBroken } from "./play-until-broken.ts";

/** The two stages of hand-off. @returns whether no interleaving broke a rule */
export function runHandOff(options: Options): Promise<boolean> {
  const handOff = {
    name: "hand-off",
    interleavings: options.handOffs,
    play,
    once: "--hand-offs 1 --interleavings 0 --stores 0",
    count: ({ deliveries, jobs, attempts }: Awaited<ReturnType<typeof play>>) => ({
      deliveries,
      enqueues: jobs.length,
      attempts: attempts.length,
      parked: jobs.filter(({ state }) => state === "parked").length,
    }),
  };
  return playUntilBroken(handOff, options);
}
