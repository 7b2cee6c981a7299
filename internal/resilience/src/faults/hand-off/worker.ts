/** A worker process as an application would run it: the engine's own worker, with the handlers of `createWorker()`. */
import type { LeaseStore, TransactionalStore } from "@mintfax-webhooks/core";
import { createWorker } from "@mintfax-webhooks/queue";
import { Ledger } from "../ledger.ts";
import { createHandler } from "../receiver/handler.ts";
import { observedLease, observedTransactional } from "../receiver/observed.ts";
import { beWorker, type FromReceiver } from "../receiver/points.ts";
import type { Plant } from "../receiver/settings.ts";
import { INSERT_EFFECT, type Writer } from "../receiver/stores.ts";
import { DEADLINE_MS, LEASE_MS } from "../terms.ts";
import { engineOf } from "./engines.ts";
import type { HandOffSettings } from "./settings.ts";

const settings = JSON.parse(process.env.FAULTS_RECEIVER ?? "") as HandOffSettings;
beWorker();
const ledger = new Ledger(settings.ledger);
const opened = await (await engineOf(settings.engine)).open(settings);
const store = planted(opened.store, settings.plant);

const worker = createWorker<Writer>({
  store: store.kind === "lease" ? observedLease(store, ledger) : observedTransactional(store, ledger),
  deadlineMs: DEADLINE_MS,
  leaseMs: LEASE_MS,
  onOutcome: ({ id = "", code }) => {
    if (code !== undefined && code !== "in_progress") ledger.write({ what: "outcome", id, fence: 0, code });
  },
  onLateOutcome: ({ id, code }) =>
    ledger.write({ what: "late-outcome", id: id ?? "", fence: 0, ...(code && { code }) }),
}).on("*", createHandler(settings, { store, insertEffect: INSERT_EFFECT }, ledger));
const stop = await opened.startWorker(worker);
process.send?.({ listening: 0 } satisfies FromReceiver);

process.once("SIGTERM", async () => {
  await stop();
  await worker.drain();
  process.exit(0);
});
// The conductor has died.
process.once("disconnect", () => process.exit(1));

/** With the bug, every claim is granted: each is of a namespace of its own. */
function planted(
  store: LeaseStore | TransactionalStore<Writer>,
  plant: Plant | undefined,
): LeaseStore | TransactionalStore<Writer> {
  if (plant !== "work-without-claim") return store;
  let claims = 0;
  if (store.kind === "transactional") {
    return {
      ...store,
      kind: "transactional",
      forget: (key) => store.forget(key),
      inspect: (key) => store.inspect(key),
      transact(key, work) {
        claims += 1;
        return store.transact({ ...key, namespace: `${process.pid} ${claims}` }, work);
      },
    };
  }
  return {
    kind: "lease",
    claim() {
      claims += 1;
      return { state: "claimed", fence: Date.now() * 1_000 + claims };
    },
    renew: () => "ok",
    complete: () => "ok",
    release: () => "ok",
    forget: () => "absent",
    inspect: () => ({ state: "absent" }),
  };
}
