import { createMemoryStore, type LeaseStore } from "@mintfax-webhooks/core";
import type { Settlement } from "@mintfax-webhooks/core/store";
import { eventFixture } from "@mintfax-webhooks/testing";
import { BrokenStore } from "test-support/broken-store";
import { attempt, receiving } from "test-support/receiving";
import { describe, expect, test, vi } from "vitest";
import { useFakeTime } from "./support/fake-time.ts";

useFakeTime();

const event = eventFixture("fax.failed");
const _broken = () => new BrokenStore(createMemoryStore());

describe("an answer that the contract does not have", () => {
  test.each<[string, unknown, string]>([
    ["an unknown state", { state: "busy" }, 'the state "busy"'],
    ["a long state", { state: "x".repeat(99) }, `the state "${"x".repeat(40)}"`],
    ["a fence without a state", { fence: 7 }, "the state undefined"],
    ["a state that is an object", { state: {} }, "the state a value of type object"],
    ["nothing", undefined, "the state undefined"],
    ["null", null, "the state undefined"],
    ["an empty object", {}, "the state undefined"],
    ["a text", "claimed", "the state undefined"],
    ["a claim without a fence", { state: "claimed" }, "the fence undefined"],
    ["a claim with null for a fence", { state: "claimed", fence: null }, "the fence null"],
    ["a claim with a text for a fence", { state: "claimed", fence: "7" }, 'the fence "7"'],
    [
      "a claim with a fence that is not a whole number",
      { state: "claimed", fence: Number.NaN },
      "the fence NaN",
    ],
  ])("to a claim, %s: 503, and the handler does not run", async (_, answer, received) => {
    for (const claim of [() => answer, async () => answer]) {
      const { webhooks, records } = receiving({
        store: Object.assign(createMemoryStore(), { claim }) as LeaseStore,
      });
      const handler = vi.fn();
      webhooks.on("fax.failed", handler);
      expect((await webhooks(attempt(event))).status).toBe(503);
      expect(handler).not.toHaveBeenCalled();
      const message = `The dedup store answered a claim with ${received}; expected "claimed" with a whole number for a fence, "pending" or "done".`;
      expect(records).toMatchObject([{ code: "store_unavailable", error: { message } }]);
    }
  });

  test("to a claim, a getter that throws: 503, and the handler does not run", async () => {
    const answer = {
      get state() {
        throw new Error("no");
      },
    };
    for (const claim of [() => answer, async () => answer]) {
      const { webhooks, records } = receiving({
        store: Object.assign(createMemoryStore(), { claim }) as unknown as LeaseStore,
      });
      const handler = vi.fn();
      webhooks.on("fax.failed", handler);
      expect((await webhooks(attempt(event))).status).toBe(503);
      expect(handler).not.toHaveBeenCalled();
      expect(records).toMatchObject([{ code: "store_unavailable" }]);
    }
  });

  test("to forget: it is said what came, and what was expected", async () => {
    const store = Object.assign(createMemoryStore(), { forget: () => "gone" }) as unknown as LeaseStore;
    await expect(receiving({ store }).webhooks.forget(event.id)).rejects.toThrow(
      'The dedup store answered forget with "gone"; expected "forgotten", "pending" or "absent".',
    );
  });

  test("to complete: tried again, then 200 and an alarm; never lost", async () => {
    const store = createMemoryStore();
    const complete = vi.spyOn(store, "complete").mockImplementation(() => "OK" as Settlement);
    const { webhooks, records, late } = receiving({ store });
    webhooks.on("fax.failed", () => {});
    const answer = webhooks(attempt(event));
    await vi.advanceTimersByTimeAsync(3_000);
    expect((await answer).status).toBe(200);
    const message = 'The dedup store answered a settlement with "OK"; expected "ok" or "lost".';
    expect(records).toMatchObject([{ code: "complete_unavailable", error: { message } }]);
    complete.mockRestore();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(late).toMatchObject([{ outcome: "processed", code: undefined }]);
  });
});
