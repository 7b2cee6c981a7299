/** A receiver process as an application would run it, but for the ledger and the points. */
import { createReceiver } from "@mintfax-webhooks/core/adapter";
import { Ledger } from "../ledger.ts";
import { DEADLINE_MS, LEASE_MS } from "../terms.ts";
import { createHandler } from "./handler.ts";
import { serve } from "./serve.ts";
import type { ReceiverSettings } from "./settings.ts";
import { openStore, type Writer } from "./stores.ts";

const settings = JSON.parse(process.env.FAULTS_RECEIVER ?? "") as ReceiverSettings;
const ledger = new Ledger(settings.ledger);
const opened = openStore(settings, ledger);

const noteAs =
  (what: "outcome" | "late-outcome") =>
  ({ id = "", code }: { readonly id: string | undefined; readonly code: string | undefined }) => {
    if (code !== undefined && code !== "in_progress") ledger.write({ what, id, fence: 0, code });
  };
const receiver = createReceiver<unknown, Writer>({
  secret: settings.secret,
  store: opened.store,
  deadlineMs: DEADLINE_MS,
  leaseMs: LEASE_MS,
  onOutcome: noteAs("outcome"),
  onLateOutcome: noteAs("late-outcome"),
}).on("*", createHandler(settings, opened, ledger));

if (settings.migrates) {
  await opened.migrate?.();
  ledger.write({ what: "migrated", id: "", fence: 0 });
}

serve(receiver);
