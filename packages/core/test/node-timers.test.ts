import { afterEach, expect, test, vi } from "vitest";
import { attempt, gate, receiving } from "./support/receiving.ts";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** A delivery whose handler has begun and goes on. */
async function working() {
  const { webhooks } = receiving();
  const started = gate<AbortSignal>();
  webhooks.on("fax.delivered", (_, { signal }) => {
    started.open(signal);
    return gate().promise;
  });
  const answer = webhooks(attempt());
  return { answer, signal: await started.promise };
}

test("the timer of a handler at work keeps no process", async () => {
  const timers = vi.spyOn(globalThis, "setTimeout");
  await working();
  expect(timers.mock.results.at(-1)?.value.hasRef()).toBe(false);
});

// In Deno before 2.8, unless core is loaded from an npm package.
test("a deadline is kept where timers are numbers", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  const { setTimeout } = globalThis;
  vi.stubGlobal("setTimeout", (ring: () => void, delayMs: number) => Number(setTimeout(ring, delayMs)));
  const { answer, signal } = await working();
  await vi.advanceTimersByTimeAsync(25_000);
  expect((await answer).status).toBe(503);
  expect(signal.aborted).toBe(true);
});
