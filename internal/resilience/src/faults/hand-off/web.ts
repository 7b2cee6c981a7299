/** A web process as an application would run it: its handler stores events in an engine. */
import { createReceiver } from "@mintfax-webhooks/core/adapter";
import { handOff, type Queue } from "@mintfax-webhooks/queue";
import { Ledger } from "../ledger.ts";
import { observedLease, observedTransactional } from "../receiver/observed.ts";
import { serve } from "../receiver/serve.ts";
import type { Plant } from "../receiver/settings.ts";
import type { Writer } from "../receiver/stores.ts";
import { DEADLINE_MS, LEASE_MS } from "../terms.ts";
import { engineOf } from "./engines.ts";
import type { HandOffSettings } from "./settings.ts";

const ENQUEUE_LIMIT_MS = 1_500;

const settings = JSON.parse(process.env.FAULTS_RECEIVER ?? "") as HandOffSettings;
const ledger = new Ledger(settings.ledger);
const { store, queue } = await (await engineOf(settings.engine)).open(settings);
/** Of the claims whose events are being stored. */
const fences = new Map<string, number>();

/** The engine's acknowledgement is the effect of this stage. */
const observed: Queue = {
  engine: queue.engine,
  name: queue.name,
  async enqueue(message, context) {
    const answer = await queue.enqueue(message, context);
    const { id } = message;
    // What was given up on counts as not stored, and the next attempt asks again.
    if (answer === "queued" && !context.signal.aborted)
      ledger.write({ what: "effect", id, fence: fences.get(id) ?? 0 });
    return answer;
  },
};
const handler = handOff(planted(observed, settings.plant), { timeoutMs: ENQUEUE_LIMIT_MS });

const note = ({ id = "", code }: { readonly id: string | undefined; readonly code: string | undefined }) => {
  if (code !== undefined && code !== "in_progress") ledger.write({ what: "outcome", id, fence: 0, code });
};
const receiver = createReceiver<unknown, Writer>({
  secret: settings.secret,
  store: store.kind === "lease" ? observedLease(store, ledger) : observedTransactional(store, ledger),
  deadlineMs: DEADLINE_MS,
  leaseMs: LEASE_MS,
  onOutcome: note,
  onLateOutcome: ({ id, code }) =>
    ledger.write({ what: "late-outcome", id: id ?? "", fence: 0, ...(code && { code }) }),
}).on("*", async (event, context) => {
  const { id, fence } = context;
  ledger.write({ what: "started", id, fence });
  fences.set(id, fence);
  try {
    await handler(event, context);
  } finally {
    ledger.write({ what: "ended", id, fence });
  }
});

serve(receiver);

/** With the bug, the queue says "queued" before the engine has stored anything. */
function planted(queue: Queue, plant: Plant | undefined): Queue {
  if (plant !== "answer-before-stored") return queue;
  return {
    ...queue,
    enqueue(message, context) {
      setTimeout(() => void Promise.resolve(queue.enqueue(message, context)).catch(() => {}), 500);
      return "queued";
    },
  };
}
