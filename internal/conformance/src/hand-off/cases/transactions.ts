import assert from "node:assert/strict";
import { createFetchHandler, type LeaseStore, type TransactionalStore } from "@mintfax-webhooks/core";
import { handOff } from "@mintfax-webhooks/queue";
import { eventFixture } from "@mintfax-webhooks/testing";
import { SECRET } from "../../hostile/setting.ts";
import { type HandOffCase, senderTo } from "../case.ts";
import type { HandOffEngine, OpenTransactional } from "../engine.ts";

/** Engines in a database that the receiver's store shares: claim, message and "done" are one commit. */
export const TRANSACTION_CASES: readonly HandOffCase[] = [
  transactionCase("the claim and the message are committed together", async ({ queue, count }, store) => {
    const event = eventFixture("fax.delivered");
    const sender = senderTo(receiver(store, handOff(queue)));
    assert.equal((await sender.attempt(event)).status, 200);
    assert.equal(await count(), 1);
    assert.match((await sender.attempt(event)).body ?? "", /duplicate/);
    assert.equal(await count(), 1);
  }),

  transactionCase(
    "a rollback after the message was stored leaves no message and no claim",
    async ({ queue, count }, store) => {
      const event = eventFixture("fax.delivered");
      const handOn = handOff(queue);
      let isBroken = true;
      const sender = senderTo(
        receiver(store, async (given: never, context: never) => {
          await handOn(given, context);
          if (isBroken) throw new Error("the process has no disk left");
        }),
      );
      assert.equal((await sender.attempt(event)).status, 500);
      assert.equal(await count(), 0);
      isBroken = false;
      assert.equal((await sender.attempt(event)).status, 200);
      assert.equal(await count(), 1);
    },
  ),

  transactionCase("twenty copies at once: one message", async ({ queue, count }, store) => {
    const event = eventFixture("fax.delivered");
    const sender = senderTo(receiver(store, handOff(queue)));
    const attempts = await Promise.all(Array.from({ length: 20 }, () => sender.attempt(event)));
    const statuses = attempts.map(({ status }) => status);
    assert.deepEqual(
      statuses.filter((status) => status !== 200 && status !== 409),
      [],
    );
    assert.ok(statuses.includes(200));
    assert.equal(await count(), 1);
  }),

  {
    name: "a transaction of a database without the engine is refused with 500, and nothing is stored beside it",
    missing: needsTransactions,
    run: (engine) =>
      using(engine, async ({ queue, elsewhere, count }) => {
        const { status, body } = await senderTo(receiver(elsewhere, handOff(queue))).attempt(
          eventFixture("fax.delivered"),
        );
        assert.deepEqual([status, JSON.parse(body ?? "").code], [500, "queue_misconfigured"]);
        assert.equal(await count(), 0);
      }),
  },

  {
    name: "a transaction of another kind is refused, and nothing is stored beside it",
    missing: needsTransactions,
    run: (engine) =>
      using(engine, async ({ queue, count }) => {
        for (const tx of [{}, "tx", { query: "no function" }, { exec: async () => [] }]) {
          const foreign = transactionsOf(tx);
          const { status, body } = await senderTo(receiver(foreign, handOff(queue))).attempt(
            eventFixture("fax.delivered"),
          );
          assert.deepEqual([status, JSON.parse(body ?? "").code], [500, "queue_misconfigured"]);
        }
        assert.equal(await count(), 0);
      }),
  },
];

function transactionCase(
  name: string,
  body: (open: OpenTransactional, store: TransactionalStore<unknown>) => Promise<void>,
): HandOffCase {
  return {
    name: `${name}, with every library`,
    missing: needsTransactions,
    run: (engine) =>
      using(engine, async (open) => {
        for (const store of Object.values(open.stores)) {
          const before = await open.count();
          await body({ ...open, count: async () => (await open.count()) - before }, store);
        }
      }),
  };
}

function needsTransactions({ openTransactional }: HandOffEngine): string | undefined {
  return openTransactional === undefined ? "no store shares its database" : undefined;
}

async function using(engine: HandOffEngine, act: (open: OpenTransactional) => Promise<void>): Promise<void> {
  const open = (await engine.openTransactional?.()) as OpenTransactional;
  try {
    await act(open);
  } finally {
    await open.close();
  }
}

function receiver(store: TransactionalStore<unknown>, handler: (...args: never[]) => unknown) {
  const options = { secret: SECRET, store: store as unknown as LeaseStore, onOutcome: () => {} };
  return createFetchHandler(options).on("*", handler as never);
}

/** A store of another kind of database. */
function transactionsOf(tx: unknown): TransactionalStore<unknown> {
  return {
    kind: "transactional",
    transact: async (_, work) => ((await work({ tx, fence: 1 })) === "commit" ? "committed" : "rolled_back"),
    forget: () => "absent",
    inspect: () => ({ state: "absent" }),
  };
}
