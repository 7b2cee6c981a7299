import type { TransactionalStore } from "@mintfax-webhooks/core";
import type { DedupKey, TransactionResult } from "@mintfax-webhooks/core/store";
import { mapAtOnce } from "../at-once.ts";
import { bounded } from "../bounded.ts";
import type { Property } from "../build-suite.ts";
import { check, checkFails } from "../check.ts";
import { CONFUSABLE_KEYS, keyOf, ODD_IDS } from "../keys.ts";
import type { OpenedTransactionalStore } from "../transactional-options.ts";
import { gate } from "./gate.ts";

type TransactionalProperty<Tx> = Property<OpenedTransactionalStore<Tx>>;

/** Transactions under way at any time: more than a pool has connections. */
const AT_ONCE = 25;

const key = keyOf("event");

/** Runs a transaction as a handler does: one write, then its end. */
function writing<Tx>(
  { store, write }: OpenedTransactionalStore<Tx>,
  of: DedupKey,
  text: string,
  end: "commit" | "rollback" = "commit",
): Promise<TransactionResult> {
  return store.transact(of, async ({ tx }) => {
    await write(tx, text);
    return end;
  });
}

/** A transaction that must not begin. */
function refused<Tx>(store: TransactionalStore<Tx>, of: DedupKey): Promise<TransactionResult> {
  return store.transact(of, async () => {
    throw new Error("work ran, though the event cannot be claimed");
  });
}

/** 100 copies of the event, each answered within the engine's limit for a store. */
function refuseCopies<Tx>(store: TransactionalStore<Tx>): Promise<TransactionResult[]> {
  const copies = Array<DedupKey>(100).fill(key);
  return mapAtOnce(AT_ONCE, copies, (copy) => bounded("a copy", () => refused(store, copy)));
}

/** Resolves once a transaction has written. It is still at work then. */
async function startWriting<Tx>(opened: OpenedTransactionalStore<Tx>, of: DedupKey, text: string) {
  const started = gate();
  const end = gate<"commit" | "rollback">();
  const result = opened.store.transact(of, async ({ tx }) => {
    await opened.write(tx, text);
    started.open();
    return end.promise;
  });
  await Promise.race([started.promise, result]);
  return { result, end: end.open };
}

/** Writes until a write is refused. */
async function writeOn(write: () => unknown): Promise<void> {
  for (let writes = 0; writes < 10_000; writes += 1) {
    try {
      await write();
    } catch {
      return;
    }
    // Lets a store in this process run.
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error("10,000 writes went through after the end of their transaction");
}

export function transactionalProperties<Tx>(): readonly TransactionalProperty<Tx>[] {
  return [
    {
      name: "it is a transactional store",
      async holds({ store }) {
        check("kind", store.kind, "transactional");
      },
    },
    {
      name: "claim, write and completion are committed together",
      async holds(opened) {
        const { result, end } = await startWriting(opened, key, "effect");
        check("what others see before the commit", await opened.written(), []);
        end("commit");
        check("the result", await result, "committed");
        check("what others see after it", await opened.written(), ["effect"]);
        check("the event after it", await refused(opened.store, key), "done");
      },
    },
    {
      name: "rollback leaves nothing behind, and the event is free at once",
      async holds(opened) {
        check("the result", await writing(opened, key, "no effect", "rollback"), "rolled_back");
        check("what was written", await opened.written(), []);
        check("the next try", await writing(opened, key, "effect"), "committed");
        check("what was written by then", await opened.written(), ["effect"]);
      },
    },
    {
      name: "tx is dead once work has settled: a later write is refused, and never committed",
      async holds(opened) {
        for (const end of ["rollback", "commit"] as const) {
          let kept: { readonly tx: Tx } | undefined;
          await opened.store.transact(keyOf(end), async ({ tx }) => {
            kept = { tx };
            return end;
          });
          if (kept === undefined) throw new Error("work did not run");
          const { tx } = kept;
          await checkFails(`a write after the ${end}`, () =>
            bounded("it", async () => opened.write(tx, end)),
          );
        }
        check("what was written", await opened.written(), []);
      },
    },
    {
      name: "writes that go on during a rollback are refused in the end, and never committed",
      async holds(opened) {
        let writes: Promise<void> | undefined;
        const result = await opened.store.transact(key, async ({ tx }) => {
          await opened.write(tx, "first");
          writes = writeOn(() => opened.write(tx, "late"));
          return "rollback";
        });
        check("the result", result, "rolled_back");
        await bounded("the writes", () => writes);
        check("what was written", await opened.written(), []);
        check("the next try", await writing(opened, key, "effect"), "committed");
      },
    },
    {
      name: "a finished event is done for every caller",
      async holds(opened) {
        check("the first", await writing(opened, key, "effect"), "committed");
        const results = await Promise.all(Array.from({ length: 20 }, () => refused(opened.store, key)));
        check("the answers to the others", [...new Set(results)], ["done"]);
      },
    },
    {
      name: "fences are whole numbers that grow, over a replay too",
      async holds({ store }) {
        const fences: number[] = [];
        const record = (end: "commit" | "rollback") =>
          store.transact(key, async ({ fence }) => {
            fences.push(fence);
            return end;
          });
        check("the first", await record("commit"), "committed");
        check("forget", await store.forget(key), "forgotten");
        check("the replay", await record("commit"), "committed");
        const [first = Number.NaN, replay = Number.NaN] = fences;
        check("whole numbers", fences.every(Number.isSafeInteger), true);
        check("the fence has grown", replay > first, true);
      },
    },
    {
      name: "100 copies while the first is at work: pending without waiting for it",
      async holds(opened) {
        const { result, end } = await startWriting(opened, key, "effect");
        const copies = await refuseCopies(opened.store);
        check("their answers", [...new Set(copies)], ["pending"]);
        end("commit");
        check("the first", await result, "committed");
        check("a copy after it", await refused(opened.store, key), "done");
        check("what was written", await opened.written(), ["effect"]);
      },
    },
    {
      name: "1,000 copies, 25 of them at any time: one runs",
      async holds(opened) {
        const texts = Array.from({ length: 1_000 }, (_, i) => `effect of ${i}`);
        const results = await mapAtOnce(AT_ONCE, texts, (text) => writing(opened, key, text));
        check("how many committed", results.filter((result) => result === "committed").length, 1);
        const others = results.filter((result) => result !== "committed");
        check(
          "other answers than pending and done",
          others.filter((r) => r !== "pending" && r !== "done"),
          [],
        );
        check("how many effects", (await opened.written()).length, 1);
      },
    },
    {
      name: "50 events with 3 copies each, sent again until they are done: one effect each",
      async holds(opened) {
        const texts = Array.from({ length: 50 }, (_, i) => `effect-${i}`);
        let open = texts.flatMap((text) => [text, text, text]);
        while (open.length > 0) {
          const results = await mapAtOnce(AT_ONCE, open, (text) => writing(opened, keyOf(text), text));
          const still = open.filter((_, i) => results[i] === "pending");
          check("at least one commits", still.length < open.length, true);
          open = still;
        }
        check("the effects", [...(await opened.written())].sort(), [...texts].sort());
      },
    },
    {
      name: "forget: a finished event runs once more",
      async holds(opened) {
        check("forget at first", await opened.store.forget(key), "absent");
        check("the first", await writing(opened, key, "first"), "committed");
        check("forget", await opened.store.forget(key), "forgotten");
        check("forget again", await opened.store.forget(key), "absent");
        check("the replay", await writing(opened, key, "replay"), "committed");
        check("what was written", [...(await opened.written())].sort(), ["first", "replay"]);
        check("a copy after it", await refused(opened.store, key), "done");
      },
    },
    {
      name: "forget an event at work: pending, without waiting for it, nothing changed",
      async holds(opened) {
        const { result, end } = await startWriting(opened, key, "effect");
        check("forget", await bounded("forget", () => opened.store.forget(key)), "pending");
        end("commit");
        check("the one at work", await result, "committed");
        check("a copy after it", await refused(opened.store, key), "done");
      },
    },
    {
      name: "forget an event that was rolled back: absent",
      async holds(opened) {
        await writing(opened, key, "no effect", "rollback");
        check("forget", await opened.store.forget(key), "absent");
      },
    },
    {
      name: "inspect: absent, pending while work runs without waiting for it, and done",
      async holds({ store, ...opened }) {
        check("inspect at first", await store.inspect(key), { state: "absent" });
        const { result, end } = await startWriting({ store, ...opened }, key, "effect");
        const atWork = await bounded("inspect", () => store.inspect(key));
        check("inspect an event at work", atWork.state, "pending");
        check("its owner is named", "owner" in atWork && atWork.owner !== "", true);
        end("commit");
        check("the one at work", await result, "committed");
        check("inspect a finished event", (await store.inspect(key)).state, "done");
        check("a copy after it", await refused(store, key), "done");
      },
    },
    {
      name: "inspect an event that was rolled back, and one that was forgotten: released or absent",
      async holds(opened) {
        const { store } = opened;
        await writing(opened, key, "no effect", "rollback");
        check("after the rollback", (await store.inspect(key)).state, "absent");
        await writing(opened, key, "effect");
        check("forget", await store.forget(key), "forgotten");
        check("after forget", ["released", "absent"].includes((await store.inspect(key)).state), true);
      },
    },
    {
      name: "odd ids work like any other",
      holds: (opened) => checkApart(opened, ODD_IDS.map(keyOf)),
    },
    // Threat: T14
    {
      name: "namespaces are kept apart",
      holds: (opened) => checkApart(opened, CONFUSABLE_KEYS),
    },
  ];
}

/** All keys at once in one store: a store that confuses two of them answers for the wrong one. */
async function checkApart<Tx>(
  opened: OpenedTransactionalStore<Tx>,
  keys: readonly DedupKey[],
): Promise<void> {
  for (const [i, of] of keys.entries()) {
    check(`forget ${JSON.stringify(of)} at first`, await opened.store.forget(of), "absent");
    const end = i % 2 === 0 ? "commit" : "rollback";
    const result = await writing(opened, of, String(i), end);
    check(`the first of ${JSON.stringify(of)}`, result, end === "commit" ? "committed" : "rolled_back");
  }
  for (const [i, of] of keys.entries()) {
    const { state } = await opened.store.inspect(of);
    check(`inspect ${JSON.stringify(of)} among the others`, state, i % 2 === 0 ? "done" : "absent");
    const result = await writing(opened, of, String(i));
    check(`${JSON.stringify(of)} among the others`, result, i % 2 === 0 ? "done" : "committed");
  }
  const texts = keys.map((_, i) => String(i)).sort();
  check("the effects", [...(await opened.written())].sort(), texts);
}

/** An event at work must not delay other events, and its copies must not hold connections. */
export async function checkOthersGoOn<Tx>(opened: OpenedTransactionalStore<Tx>): Promise<void> {
  const { result, end } = await startWriting(opened, key, "slow");
  // A store whose copies hold connections while they wait has none left for the other event.
  const [copies, other] = await Promise.all([
    refuseCopies(opened.store),
    bounded("another event", () => writing(opened, keyOf("another"), "fast")),
  ]);
  check("another event", other, "committed");
  check("the copies of the first", [...new Set(copies)], ["pending"]);
  check("what was written by then", await opened.written(), ["fast"]);
  end("commit");
  check("the first", await result, "committed");
}
