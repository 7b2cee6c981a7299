import type { Command } from "commander";
import { eventId } from "../claims/event-id.ts";
import { type NamespaceOptions, namespaceOf, withNamespaceOptions } from "../claims/namespaces.ts";
import { jsonOf, printJson } from "../claims/print-json.ts";
import { statusText } from "../claims/print-status.ts";
import { viewOf } from "../claims/view.ts";
import { EXIT } from "../exit-codes.ts";
import { examples, withJsonOption } from "../help.ts";
import { coloursFor } from "../output/colours.ts";
import { columnsOf } from "../output/text.ts";
import { type StoreOptions, storeAddressFrom, withStoreOptions } from "../stores/address.ts";
import { withStore } from "../stores/with-store.ts";

interface StatusOptions extends StoreOptions, NamespaceOptions {
  readonly json?: true;
}

/** Adds `status` to the program. */
export function addStatus(program: Command): void {
  const command = program
    .command("status")
    .summary("say what the store knows of an event")
    .description(
      "Says what the receiver's store knows of an event: done, pending and by which process, released, or nothing. Claims nothing.",
    )
    .argument("<event id>", "its webhook-id", eventId);
  withJsonOption(withNamespaceOptions(withStoreOptions(command)))
    .addHelpText("after", HELP)
    .action(status);
}

async function status(id: string, options: StatusOptions): Promise<void> {
  await withStore(storeAddressFrom(options), async ({ store, name }) => {
    const look = async (worker: boolean) => {
      const { namespace } = options;
      const key = { namespace: namespaceOf(worker ? { namespace, worker } : { namespace }), id };
      return viewOf(key, await store.inspect(key));
    };
    const own = await look(options.worker === true);
    // Behind a queue, a worker has a claim of its own.
    const ofWorker = options.worker ? undefined : await look(true);
    const views = ofWorker === undefined || ofWorker.state === "absent" ? [own] : [own, ofWorker];
    const { stdout } = process;
    const settings = { columns: columnsOf(stdout), colours: coloursFor(stdout) };
    if (options.json) printJson({ id, store: name, claims: views.map(jsonOf) });
    else stdout.write(views.map((view) => statusText(view, name, settings)).join("\n"));
    process.exitCode = views.every(({ state }) => state === "absent") ? EXIT.refused : EXIT.ok;
  });
}

const HELP = `${examples(
  ["From MINTFAX_STORE_URL in .env", "mintfax-webhooks status evt_8aZqRm4yT3vK7pNxJ2bH9c"],
  [
    "An SQLite file, and a receiver with a namespace",
    "mintfax-webhooks status evt_8aZqRm4yT3vK7pNxJ2bH9c \\\n    --store /srv/clinic/webhooks.db --namespace clinic",
  ],
)}

Times are by the store's clock. Where a worker behind a queue has a claim of the
event too, both are shown. The URL is never printed. One with a password belongs
into the environment or into .env.

Exits with 0 where the store knows the event, with 1 where it does not, and with
2 where that could not be found out.`;
