import type { Command } from "commander";
import { eventId } from "../claims/event-id.ts";
import {
  type NamespaceOptions,
  namespaceOf,
  namespaceText,
  withNamespaceOptions,
} from "../claims/namespaces.ts";
import { printJson } from "../claims/print-json.ts";
import { EXIT } from "../exit-codes.ts";
import { examples, withJsonOption } from "../help.ts";
import { oneLine, wrap } from "../output/text.ts";
import { type StoreOptions, storeAddressFrom, withStoreOptions } from "../stores/address.ts";
import { withStore } from "../stores/with-store.ts";

interface ForgetOptions extends StoreOptions, NamespaceOptions {
  readonly json?: true;
}

/** Adds `forget` to the program. */
export function addForget(program: Command): void {
  const command = program
    .command("forget")
    .summary("make a processed event claimable again, for a replay on purpose")
    .description("Forgets that an event was processed, so that its next delivery runs the handler once more.")
    .argument("<event id>", "its webhook-id", eventId);
  withJsonOption(withNamespaceOptions(withStoreOptions(command)))
    .addHelpText("after", HELP)
    .action(forget);
}

async function forget(id: string, options: ForgetOptions): Promise<void> {
  await withStore(storeAddressFrom(options), async ({ store, name }) => {
    const { namespace } = options;
    const key = { namespace: namespaceOf(options), id };
    const result = await store.forget(key);
    process.exitCode = result === "forgotten" ? EXIT.ok : EXIT.refused;
    if (options.json) return printJson({ ...key, store: name, result });
    print(`${id}: ${TEXTS[result]}`);
    if (result === "absent") {
      print(`Looked in ${oneLine(name)}; namespace ${oneLine(namespaceText(key.namespace))}.`);
    }
    // Otherwise a delivery would be queued, and the worker would take it for a copy.
    const ofWorker = { namespace: namespaceOf({ namespace, worker: true }), id };
    if (!options.worker && (await store.inspect(ofWorker)).state === "done") {
      print(
        "The worker behind the queue has processed it, too, and will skip it: forget that with --worker.",
      );
    }
  });
}

function print(text: string): void {
  process.stdout.write(`${wrap(text, 0)}\n`);
}

const TEXTS = {
  forgotten:
    'forgotten. Its next delivery runs the handler once more: press "Retry now" in mintfax\'s dashboard.',
  pending: "nothing was changed. A process is at work on it: see mintfax-webhooks status.",
  absent: "nothing was changed. It is not known as processed: see mintfax-webhooks status.",
} as const;

const HELP = `${examples([
  "Process an event once more",
  "mintfax-webhooks forget evt_8aZqRm4yT3vK7pNxJ2bH9c",
])}

Exits with 0 where it was forgotten, with 1 where nothing was changed, and with
2 where the store cannot be used.`;
