import type { Parked } from "@mintfax-webhooks/queue";
import type { Command } from "commander";
import { EXIT } from "../exit-codes.ts";
import { examples, withJsonOption } from "../help.ts";
import { wholeNumber } from "../options/numbers.ts";
import { printError } from "../output/notice.ts";
import { counted, oneLine } from "../output/text.ts";
import { confirm } from "../parked/confirm.ts";
import { KEY_HELP, openBody } from "../parked/open-body.ts";
import { type PlaceOptions, placeFrom, withPlaceOptions } from "../parked/place.ts";
import { printJson, printList, printMessage } from "../parked/print.ts";
import { all, select } from "../parked/select.ts";
import { withQueue } from "../parked/with-queue.ts";
import { UsageError } from "../usage-error.ts";

const MOST_LISTED = 10_000;

/** Adds `parked` with its subcommands to the program. */
export function addParked(program: Command): void {
  const parked = program
    .command("parked")
    .summary("list, show, retry or drop the messages that a queue will not try again")
    .description("What is parked in a queue: messages that wait for a person's decision.")
    .helpCommand(false)
    .addHelpText("after", HELP);
  addList(parked);
  addShow(parked);
  addChange(parked, "retry", "Has workers try messages again, from the first attempt.", RETRIED);
  addChange(parked, "drop", "Deletes messages for good.", DROPPED);
}

interface ListOptions extends PlaceOptions {
  readonly limit: number;
  readonly json?: true;
}

function addList(parked: Command): void {
  const command = parked
    .command("list")
    .summary("list them, the oldest first")
    .description("Lists what is parked, by reason, the oldest first.")
    .option("--limit <n>", "how many at most", wholeNumber(1, MOST_LISTED), 100);
  withJsonOption(withPlaceOptions(command)).action(async (options: ListOptions) => {
    const place = placeFrom(options);
    const messages = await withQueue(place, (queue) => queue.list(options.limit));
    if (options.json) for (const message of messages) printJson(message);
    else printList(messages, place, options.limit);
  });
}

interface ShowOptions extends PlaceOptions {
  readonly keyFile?: string;
  readonly json?: true;
}

function addShow(parked: Command): void {
  const command = parked
    .command("show")
    .summary("show one, its body masked")
    .description("Shows a message. In its body, numbers, names and tags are masked.")
    .argument("<key or event id>")
    .option("--key-file <file>", KEY_HELP);
  withJsonOption(withPlaceOptions(command)).action(async (name: string, options: ShowOptions) => {
    const { messages } = await withQueue(placeFrom(options), (queue) => select(queue, [name]));
    if (messages.length === 0) return reportMissing([name]);
    for (const message of messages) {
      const body = await openBody(message, options.keyFile);
      if (options.json) printJson(message, body);
      else printMessage(message, body);
    }
  });
}

interface Change {
  /** Of one message. */
  readonly make: (parked: Parked, key: string) => Promise<boolean>;
  readonly question: string;
  readonly done: string;
}

const RETRIED: Change = {
  make: (parked, key) => parked.retry(key),
  question: "Retry",
  done: "will be tried again",
};
const DROPPED: Change = { make: (parked, key) => parked.drop(key), question: "Drop", done: "deleted" };

interface ChangeOptions extends PlaceOptions {
  readonly all?: true;
  readonly yes?: true;
}

function addChange(parked: Command, name: string, description: string, change: Change): void {
  const command = parked
    .command(name)
    .summary(description.replace(/\.$/, "").replace(/^./, (first) => first.toLowerCase()))
    .description(description)
    .argument("[keys or event ids...]")
    .option("--all", "everything that is parked")
    .option("--yes", "do not ask before --all");
  withPlaceOptions(command).action(async (names: string[], options: ChangeOptions) => {
    if (names.length > 0 === (options.all === true)) {
      throw new UsageError(`Which messages? Give keys or event ids to \`parked ${name}\`, or --all.`);
    }
    await withQueue(placeFrom(options), async (queue) => {
      const { messages, missing } = options.all
        ? { messages: await all(queue), missing: [] }
        : await select(queue, names);
      const number = counted(messages.length, "message", "messages");
      if (options.all && !options.yes && messages.length > 0) await confirm(`${change.question} ${number}?`);
      let changed = 0;
      for (const { key } of messages) if (await change.make(queue, key)) changed += 1;
      process.stdout.write(`${counted(changed, "message", "messages")} ${change.done}.\n`);
      if (missing.length > 0) reportMissing(missing);
    });
  });
}

function reportMissing(names: readonly string[]): void {
  printError(`Not parked: ${names.map(oneLine).join(", ")}. To see what is: mintfax-webhooks parked list.`);
  process.exitCode = EXIT.refused;
}

const HELP = `${examples(
  ["What waits for a decision", "mintfax-webhooks parked list --url redis://127.0.0.1:6379"],
  [
    "One of them, from MINTFAX_QUEUE_URL in .env; the body is sealed",
    "mintfax-webhooks parked show evt_8aZqRm4yT3vK7pNxJ2bH9c \\\n    --engine pg-boss --key-file queue-key",
  ],
  ["Once the handler is fixed and deployed", "mintfax-webhooks parked retry --all --engine graphile-worker"],
)}

The URL is never printed. One with a password belongs into the environment or
into .env, as MINTFAX_QUEUE_URL.

Cloudflare Queues have no URL. Parked messages are rows in your D1 database:
  npx wrangler d1 execute DB --remote --command \\
    "SELECT key, attempts, reason FROM mintfax_parked ORDER BY parked_ms"
To retry or drop one, call retry(key) or drop(key) of cloudflareParked() in a
route of your Worker that only you can reach.

Exits with 1 where a message that was named is not parked, and with 2 where the
queue cannot be used.`;
