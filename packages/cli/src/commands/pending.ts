import type { Command } from "commander";
import { namespaceArgument } from "../claims/namespaces.ts";
import { jsonOf, printJson } from "../claims/print-json.ts";
import { type Found, pendingText } from "../claims/print-pending.ts";
import { type ClaimView, viewOf } from "../claims/view.ts";
import { EXIT } from "../exit-codes.ts";
import { examples, withJsonOption } from "../help.ts";
import { durationMs } from "../options/since.ts";
import { coloursFor } from "../output/colours.ts";
import { columnsOf } from "../output/text.ts";
import { type StoreOptions, storeAddressFrom, withStoreOptions } from "../stores/address.ts";
import type { OperatedStore } from "../stores/open-store.ts";
import { withStore } from "../stores/with-store.ts";

interface PendingOptions extends StoreOptions {
  readonly namespace?: string;
  readonly olderThan?: number;
  readonly json?: true;
}

/** Adds `pending` to the program. */
export function addPending(program: Command): void {
  const command = program
    .command("pending")
    .summary("list the claims that are held, since when and by which process")
    .description(
      "Lists the events that a process has claimed and not settled, the oldest first. Claims nothing.",
    )
    .option("--older-than <time>", "only those that are held for longer: 90s, 5m, 2h", durationMs)
    .option("--namespace <name>", "only those of this namespace (default: all)", namespaceArgument);
  withJsonOption(withStoreOptions(command)).addHelpText("after", HELP).action(pending);
}

async function pending(options: PendingOptions): Promise<void> {
  await withStore(storeAddressFrom(options), async ({ store, name }) => {
    const found = await find(store, options);
    const { stdout } = process;
    if (options.json) for (const claim of found.claims) printJson(jsonOf(claim));
    else stdout.write(pendingText(found, name, { columns: columnsOf(stdout), colours: coloursFor(stdout) }));
    process.exitCode = found.total > 0 ? EXIT.refused : EXIT.ok;
  });
}

/** Redis may have any number of them. */
const KEPT = 10_000;

async function find(store: OperatedStore, { namespace, olderThan = 0 }: PendingOptions): Promise<Found> {
  let claims: ClaimView[] = [];
  let total = 0;
  for await (const { key, ...claim } of store.pending(namespace)) {
    const view = viewOf(key, { state: "pending", ...claim });
    if (view.claimedMsAgo !== undefined && view.claimedMsAgo < olderThan) continue;
    total += 1;
    claims.push(view);
    if (claims.length >= 2 * KEPT) claims = oldest(claims);
  }
  return { claims: oldest(claims), total };
}

/** Those whose beginning is not known come last. */
function oldest(claims: readonly ClaimView[]): ClaimView[] {
  const age = ({ claimedMsAgo = -1 }: ClaimView): number => claimedMsAgo;
  return claims.toSorted((one, other) => age(other) - age(one)).slice(0, KEPT);
}

const HELP = `${examples(
  ["What has been at work for more than 5 minutes", "mintfax-webhooks pending --older-than 5m"],
  ["In Redis", "mintfax-webhooks pending --store redis://127.0.0.1:6379"],
)}

Redis is asked for 1,000 keys at a time, on every primary of a cluster. In
PostgreSQL, MySQL and SQLite the whole table is read, without a lock that a
claim waits for. In PostgreSQL, a claim that a transaction holds has no event id
yet: status EVENT finds it.

Exits with 0 where nothing is held, with 1 where something is, and with 2 where
that could not be found out.`;
