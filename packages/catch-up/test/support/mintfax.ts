import { setTimeout as realSleep } from "node:timers/promises";
import type { CatchUpClock } from "@mintfax-webhooks/catch-up";
import { createSandbox, type Sandbox, type SandboxOptions } from "@mintfax-webhooks/sandbox";
import { createManualClock, type ManualClock } from "@mintfax-webhooks/testing";
import { onTestFinished } from "vitest";
import { SECRET } from "./receiver.ts";

/** mintfax, played by the sandbox, on a clock that a test moves. */
export interface Mintfax {
  readonly sandbox: Sandbox;
  readonly endpoint: string;
  readonly clock: ManualClock;
  /** For a catch-up: to sleep moves the clock, once the deliveries that are under way have ended. */
  readonly catchUpClock: CatchUpClock;
  /** Sends faxes, each of which has its three events at once. @returns their ids */
  send(count: number, arrival?: "in_order" | "lost"): Promise<string[]>;
  /** Time passes, and what mintfax has to do in it is done. */
  pass(ms: number): Promise<void>;
  /** One call of the API, as a user makes it. */
  call(method: string, path: string): Promise<{ status: number; body: unknown }>;
}

/** It is gone when the test ends. */
export async function playMintfax(url: string, options: SandboxOptions = {}): Promise<Mintfax> {
  // From the full hour on, which a catch-up has in its keys of idempotency.
  const clock = createManualClock(Date.now() - (Date.now() % 3_600_000));
  const sandbox = await createSandbox({
    endpoints: [{ url, secret: SECRET }],
    clock: {
      nowMs: () => clock.nowMs(),
      async sleep(ms, signal) {
        // A sleep with a signal is the time limit of an attempt, and real HTTP takes real time.
        if (signal !== undefined) await realSleep(ms, undefined, { signal });
        else if (ms > 0) await clock.sleep(ms);
      },
    },
    timeScale: 0,
    attemptsKept: 50_000,
    ...options,
  });
  onTestFinished(() => sandbox.close());
  const headers = { authorization: `Bearer ${sandbox.apiKey}` };
  const call: Mintfax["call"] = async (method, path) => {
    const answer = await fetch(sandbox.url + path, { method, headers });
    return { status: answer.status, body: await answer.json() };
  };
  const { body } = await call("GET", "/webhooks");
  const endpoint = (body as { data: { id: string }[] }).data[0]?.id as string;
  return {
    sandbox,
    endpoint,
    clock,
    call,
    catchUpClock: {
      nowMs: () => clock.nowMs(),
      sleep: async (ms, signal) => {
        signal?.throwIfAborted();
        // Deliveries that are under way end in real time.
        await realSleep(30);
        await clock.advance(ms);
      },
    },
    async pass(ms) {
      // In steps shorter than the waits between attempts: HTTP takes no time on this clock, but some in truth.
      for (let passed = 0; passed < ms; passed += 10_000) {
        await clock.advance(10_000);
        await realSleep(5);
      }
    },
    async send(count, arrival = "in_order") {
      const ids: string[] = [];
      while (ids.length < count) {
        const form = new FormData();
        form.set("to", "+15005550001");
        form.set("file", new File(["%PDF-1.7"], "referral.pdf"));
        const answer = await fetch(`${sandbox.url}/faxes`, {
          method: "POST",
          headers: { ...headers, "sandbox-arrival": arrival },
          body: form,
        });
        if (answer.status === 429) await clock.advance(60_000);
        else ids.push(((await answer.json()) as { id: string }).id);
      }
      return ids;
    },
  };
}
