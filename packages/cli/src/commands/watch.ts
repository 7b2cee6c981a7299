import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import { EXIT } from "../exit-codes.ts";
import { type DatabaseOptions, openFaxWatch, withDatabaseOptions } from "../fax-watch/database.ts";
import { type Look, lookAt } from "../fax-watch/look.ts";
import { lineOf, textOf } from "../fax-watch/print.ts";
import { examples, withJsonOption } from "../help.ts";
import { durationMs } from "../options/since.ts";
import { coloursFor } from "../output/colours.ts";
import { printError } from "../output/notice.ts";
import { columnsOf } from "../output/text.ts";
import { interrupted } from "../signals.ts";
import { UsageError } from "../usage-error.ts";

interface WatchOptions extends DatabaseOptions {
  readonly olderThan: number;
  readonly every?: number;
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
    .option("--older-than <time>", "only those that owe it for longer: 90s, 15m, 2h, 3d", durationMs, 0)
    .option("--every <time>", "look again and again, a line each time, until Ctrl-C", durationMs);
  withJsonOption(withDatabaseOptions(command)).addHelpText("after", HELP).action(watch);
}

async function watch({ olderThan, every, json, ...place }: WatchOptions): Promise<void> {
  const faxWatch = await openFaxWatch(place);
  const look = (): Promise<Look> => faxWatch.use((opened) => lookAt(opened, olderThan));
  try {
    if (every !== undefined) return await loop(look, { olderThan, every, json });
    const found = await look();
    print(found, olderThan, json, textOf);
    process.exitCode = found.overdue > 0 ? EXIT.refused : EXIT.ok;
  } finally {
    await faxWatch.close();
  }
}

/** A look that fails is told, and the next one is tried: a loop must outlive a restart of its database. */
async function loop(
  look: () => Promise<Look>,
  { olderThan, every, json }: { olderThan: number; every: number; json: true | undefined },
): Promise<void> {
  const stop = new AbortController();
  void interrupted().then(() => stop.abort());
  while (!stop.signal.aborted) {
    try {
      print(await look(), olderThan, json, (found, { colours }) => lineOf(found, olderThan, colours));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      printError(error.message);
    }
    await sleep(every, undefined, { signal: stop.signal }).catch(() => {});
  }
}

function print(found: Look, olderThanMs: number, json: true | undefined, text: typeof textOf): void {
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
)}

Ids and times only: the table has no numbers. The URL is never printed. One with
a password belongs into the environment or into .env.

Exits with 0 where no fax owes its event, with 1 where one does, and with 2
where that could not be found out.`;
