import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import { type ApiOptions, withApiOptions } from "../api-key/find-api-key.ts";
import { EXIT } from "../exit-codes.ts";
import { lookerAtMintfax, textAtMintfax } from "../fax-watch/at-mintfax.ts";
import { type DatabaseOptions, openFaxWatch, withDatabaseOptions } from "../fax-watch/database.ts";
import { type Look, lookAt } from "../fax-watch/look.ts";
import { lineOf, type TextSettings, textOf } from "../fax-watch/print.ts";
import { examples, withJsonOption } from "../help.ts";
import { durationMs } from "../options/since.ts";
import { coloursFor } from "../output/colours.ts";
import { printError } from "../output/notice.ts";
import { columnsOf } from "../output/text.ts";
import { interrupted } from "../signals.ts";
import { UsageError } from "../usage-error.ts";

interface WatchOptions extends DatabaseOptions, ApiOptions {
  readonly olderThan?: number;
  readonly every?: number;
  readonly mintfax?: true;
  readonly json?: true;
}

/** Adds `watch` to the program. */
export function addWatch(program: Command): void {
  const command = program
    .command("watch")
    .summary("list the faxes that still owe their final event")
    .description(
      "Lists the faxes that were sent and have had neither fax.delivered nor fax.failed in time, from the table of createFaxWatch().",
    )
    .option("--older-than <time>", "only those that owe it for longer: 90s, 15m, 2h, 3d", durationMs)
    .option("--every <time>", "look again and again, a line each time, until Ctrl-C", durationMs)
    .option("--mintfax", "instead: the faxes that mintfax itself has not ended, by its API");
  withJsonOption(withApiOptions(withDatabaseOptions(command)))
    .addHelpText("after", HELP)
    .action(watch);
}

async function watch(options: WatchOptions): Promise<void> {
  if (options.mintfax) {
    return looking(await lookerAtMintfax(options, options.olderThan), textAtMintfax, textAtMintfax, options);
  }
  const faxWatch = await openFaxWatch(options);
  const look = (): Promise<Look> => faxWatch.use((opened) => lookAt(opened, options.olderThan));
  try {
    await looking(look, textOf, lineOf, options);
  } finally {
    await faxWatch.close();
  }
}

type Text<Found> = (found: Found, settings: TextSettings) => string;

/** Once, or again and again: a look that fails is told then, and the next one is tried. A loop must outlive a restart. */
async function looking<Found extends { readonly overdue: number }>(
  look: () => Promise<Found>,
  text: Text<Found>,
  line: Text<Found>,
  options: WatchOptions,
): Promise<void> {
  const { every } = options;
  if (every === undefined) {
    const found = await look();
    print(found, text, options);
    process.exitCode = found.overdue > 0 ? EXIT.refused : EXIT.ok;
    return;
  }
  const stop = new AbortController();
  void interrupted().then(() => stop.abort());
  while (!stop.signal.aborted) {
    try {
      print(await look(), line, options);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      printError(error.message);
    }
    await sleep(every, undefined, { signal: stop.signal }).catch(() => {});
  }
}

function print<Found>(found: Found, text: Text<Found>, { json, olderThan: olderThanMs }: WatchOptions): void {
  const { stdout } = process;
  const settings = { olderThanMs, columns: columnsOf(stdout), colours: coloursFor(stdout) };
  stdout.write(json ? `${JSON.stringify(found)}\n` : text(found, settings));
}

const HELP = `${examples(
  ["What is owed now, from DATABASE_URL", "mintfax-webhooks watch"],
  [
    "A line for cron, which mails what a command prints",
    '*/5 * * * * cd /srv/clinic && out=$(npx mintfax-webhooks watch \\\n    --older-than 15m) || echo "$out"',
  ],
  ["A line every 5 minutes", "mintfax-webhooks watch --every 5m"],
  ["What mintfax has not ended for 2 hours", "mintfax-webhooks watch --mintfax --older-than 2h"],
)}

Ids and times only: the table has no numbers. The URL is never printed. One with
a password belongs into the environment or into .env.

Exits with 0 where no fax owes its event, with 1 where one does, and with 2
where that could not be found out.`;
