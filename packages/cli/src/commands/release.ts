import { setTimeout as sleep } from "node:timers/promises";
import type { DedupKey } from "@mintfax-webhooks/core/store";
import type { Command } from "commander";
import { eventId } from "../claims/event-id.ts";
import { holderText } from "../claims/holder.ts";
import { type NamespaceOptions, namespaceOf, withNamespaceOptions } from "../claims/namespaces.ts";
import { jsonOf, printJson } from "../claims/print-json.ts";
import { type ClaimView, isLeaseOver, viewOf } from "../claims/view.ts";
import { EXIT } from "../exit-codes.ts";
import { examples, withJsonOption } from "../help.ts";
import { wrap } from "../output/text.ts";
import { ageOf } from "../output/time.ts";
import { confirm } from "../parked/confirm.ts";
import { type StoreOptions, storeAddressFrom, withStoreOptions } from "../stores/address.ts";
import type { OperatedStore } from "../stores/open-store.ts";
import { withStore } from "../stores/with-store.ts";
import { UsageError } from "../usage-error.ts";

interface ReleaseOptions extends StoreOptions, NamespaceOptions {
  readonly force?: true;
  readonly yes?: true;
  readonly json?: true;
}

/** Adds `release` to the program. */
export function addRelease(program: Command): void {
  const command = program
    .command("release")
    .summary("take an event from a process whose handler hangs (--force)")
    .description(
      "Takes the claim of an event from the process that holds it, so that the next delivery runs a handler.",
    )
    .argument("<event id>", "its webhook-id", eventId)
    .option("--force", "needed, since the first handler may still be running")
    .option("--yes", "do not ask");
  withJsonOption(withNamespaceOptions(withStoreOptions(command)))
    .addHelpText("after", HELP)
    .action(release);
}

async function release(id: string, options: ReleaseOptions): Promise<void> {
  const address = storeAddressFrom(options);
  if (!options.force) throw new UsageError(`Add --force. ${RISK}`);
  await withStore(address, async ({ store }) => {
    const key = { namespace: namespaceOf(options), id };
    const view = viewOf(key, await store.inspect(key));
    if (view.state !== "pending") return report(view, `nothing to release: it is ${view.state}.`, options);
    if (!options.yes) await confirm(questionFor(view));
    const isReleased = await take(store, key, view);
    const now = viewOf(key, await store.inspect(key));
    if (isReleased) report({ ...now, isReleased }, RELEASED, options);
    else
      report(
        now,
        `not released: meanwhile its process has settled it, or another one has it. It is ${now.state}.`,
        options,
      );
  });
}

/** Only from the holder that was shown: a claim that is newer stays. */
async function take(store: OperatedStore, key: DedupKey, { holder, fence }: ClaimView): Promise<boolean> {
  const owner = holder?.owner ?? "";
  if (fence !== undefined) return (await store.release(key, { owner, fence })) === "ok";
  const now = await store.inspect(key);
  if (now.state !== "pending" || now.owner !== owner) return false;
  return (await store.endTransaction?.(key)) === true && (await hasEnded(store, key, owner));
}

const END_LIMIT_MS = 5_000;
const POLL_MS = 50;

/** A server ends a session as soon as it notices, which has no event. */
async function hasEnded(store: OperatedStore, key: DedupKey, owner: string): Promise<boolean> {
  const endMs = performance.now() + END_LIMIT_MS;
  while (performance.now() < endMs) {
    const now = await store.inspect(key);
    if (now.state !== "pending" || now.owner !== owner) return now.state !== "done";
    await sleep(POLL_MS);
  }
  return false;
}

function questionFor(view: ClaimView): string {
  const { id, holder, claimedMsAgo, until } = view;
  const age = claimedMsAgo === undefined ? "" : ` for ${ageOf(claimedMsAgo / 1000)}`;
  const who = holder === undefined ? "its process" : holderText(holder);
  const risk = until === undefined ? RISK_OF_TRANSACTION : isLeaseOver(view) ? RISK_OF_LATE : RISK;
  return wrap(`${who} has held ${id}${age}. ${risk} Release it?`, 0);
}

function report(
  view: ClaimView & { readonly isReleased?: boolean },
  text: string,
  { json }: ReleaseOptions,
): void {
  const { isReleased = false } = view;
  process.exitCode = isReleased ? EXIT.ok : EXIT.refused;
  if (json) printJson({ ...jsonOf(view), isReleased });
  else process.stdout.write(`${wrap(`${view.id}: ${text}`, 0)}\n`);
}

const RISK =
  "Its handler may still be running. Then the next delivery runs a second one beside it, and the event can be processed twice. " +
  "Where you can, restart that process instead: the event is free 45 s later.";
const RISK_OF_LATE =
  "Its lease has run out, so the next delivery takes it anyway. If that process comes back, the event can be processed twice.";
const RISK_OF_TRANSACTION =
  "The database ends its session and rolls back what its handler has written there. What the handler has done elsewhere can happen twice.";
const RELEASED =
  "released. The next delivery runs a handler: press \"Retry now\" in mintfax's dashboard. The first handler's result no longer counts.";

const HELP = `${examples(
  ["What holds it, and since when", "mintfax-webhooks status evt_8aZqRm4yT3vK7pNxJ2bH9c"],
  ["Take it away", "mintfax-webhooks release evt_8aZqRm4yT3vK7pNxJ2bH9c --force"],
)}

${wrap(RISK, 0, 80)}

Exits with 0 where it was released, with 1 where nothing was to release, and
with 2 where it was not tried.`;
