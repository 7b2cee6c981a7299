/** These run in Node, over bindings that answer what no store would: workerd has no way to make a real one do that. */
import {
  createD1Store,
  createDurableObjectStore,
  type D1Binding,
  type D1Statement,
  type MintfaxDedupBinding,
} from "@mintfax-webhooks/cloudflare";
import type { LeaseStore } from "@mintfax-webhooks/core";
import { describe, expect, test } from "vitest";

const LEASE_MS = 45_000;
const key = { namespace: "test", id: "evt_1" };
const me = { owner: "me", fence: 1 };

const callsOf = (store: LeaseStore) => [
  () => store.claim(key, "me", LEASE_MS),
  () => store.renew(key, me, LEASE_MS),
  () => store.complete(key, me),
  () => store.release(key, me),
  () => store.forget(key),
  () => store.inspect(key),
];

async function expectUnavailable(store: LeaseStore): Promise<void> {
  for (const call of callsOf(store)) {
    await expect((async () => call())()).rejects.toMatchObject({ code: "store_unavailable" });
  }
}

const ODD: readonly unknown[] = [
  undefined,
  "QUEUED",
  1,
  {},
  { state: "busy" },
  { state: "claimed" },
  { state: "claimed", fence: "1" },
  { state: "claimed", fence: Number.NaN },
  { state: "claimed", fence: 0.5 },
  { state: "claimed", fence: 0 },
];

describe("an object that answers", () => {
  const answering = (answer: () => PromiseLike<unknown>) => {
    const object = {
      claim: answer,
      renew: answer,
      complete: answer,
      release: answer,
      forget: answer,
      inspect: answer,
    };
    const binding = { idFromName: () => ({}), get: () => object } as unknown as MintfaxDedupBinding;
    return createDurableObjectStore({ binding });
  };
  test.each([null, ...ODD])("%j is unavailable", (answer) =>
    expectUnavailable(answering(async () => answer)),
  );

  const SEEN = { state: "done", fence: 1, nowMs: 2, untilMs: 3 };

  test.each([
    { ...SEEN, state: "pending" },
    { ...SEEN, state: "busy" },
    { ...SEEN, untilMs: "3" },
    { ...SEEN, nowMs: -1 },
    { state: "done" },
  ])("to inspect with %j is unavailable", async (answer) => {
    await expect((async () => answering(async () => answer).inspect(key))()).rejects.toMatchObject({
      code: "store_unavailable",
    });
  });

  test("by throwing at once is unavailable", () =>
    expectUnavailable(
      answering(() => {
        throw new Error("Network connection lost.");
      }),
    ));

  test("by throwing when it is looked for is unavailable", () =>
    expectUnavailable(
      createDurableObjectStore({
        binding: {
          idFromName: () => ({}),
          get: () => {
            throw new Error("overloaded");
          },
        },
      }),
    ));
});

describe("a database that answers", () => {
  const answering = (answer: () => Promise<unknown>, batch: () => Promise<unknown>) => {
    const statement = { bind: () => statement, first: answer, run: answer } as D1Statement;
    const database = { prepare: () => statement, batch } as unknown as D1Binding;
    return createD1Store({ database });
  };
  const row = async (answer: unknown) => [{ results: [answer] }, { results: [answer] }];

  test.each(ODD)("with the row %j is unavailable", (answer) =>
    expectUnavailable(
      answering(
        async () => answer,
        () => row(answer === undefined ? { state: "?" } : answer),
      ),
    ),
  );

  test.each([undefined, null, [], [{}, {}], [{ results: null }], "results"])(
    "to a batch with %j is unavailable",
    async (answers) => {
      const store = answering(
        async () => null,
        async () => answers,
      );
      for (const call of [() => store.claim(key, "me", LEASE_MS), () => store.release(key, me)]) {
        await expect((async () => call())()).rejects.toMatchObject({ code: "store_unavailable" });
      }
    },
  );

  test("to a claim neither with a fence nor with who refuses is unavailable, not pending", async () => {
    const nothing = async () => [{ results: [] }, { results: [] }];
    const store = answering(async () => null, nothing);
    await expect((async () => store.claim(key, "me", LEASE_MS))()).rejects.toMatchObject({
      code: "store_unavailable",
    });
  });

  test("by throwing at once is unavailable", () => {
    const fail = () => {
      throw new Error("D1_ERROR: Network connection lost.");
    };
    return expectUnavailable(createD1Store({ database: { prepare: fail, batch: fail } }));
  });
});
