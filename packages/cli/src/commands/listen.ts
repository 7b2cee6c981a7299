import { DEFAULT_PATH } from "@mintfax-webhooks/core/adapter";
import type { AttemptsPage } from "@mintfax-webhooks/sandbox/attempts-page";
import { type Command, InvalidArgumentError } from "commander";
import { EXIT } from "../exit-codes.ts";
import { examples, withJsonOption } from "../help.ts";
import { banner } from "../listen/banner.ts";
import { type Entry, outcomeOf } from "../listen/entry.ts";
import { Listener } from "../listen/listener.ts";
import { openPage, showOn } from "../listen/page.ts";
import { jsonLine } from "../listen/print-json.ts";
import { strangerLine, textLines } from "../listen/print-text.ts";
import { wholeNumber } from "../options/numbers.ts";
import { coloursFor } from "../output/colours.ts";
import { printError } from "../output/notice.ts";
import { count, counted } from "../output/text.ts";
import { findSecrets, type SecretOptions, withSecretOptions } from "../secrets/find-secrets.ts";
import { interrupted } from "../signals.ts";
import { parseUrl } from "../target/option.ts";

interface ListenOptions extends SecretOptions {
  readonly port: number;
  readonly path: string;
  readonly forward?: URL;
  readonly showNumbers?: true;
  readonly page?: number;
  readonly json?: true;
}

/** Not 3000, which most servers under development take. */
const DEFAULT_PORT = 4242;
/** Beside the sandbox's 4243. */
const DEFAULT_PAGE_PORT = 4244;

/** Adds `listen` to the program. */
export function addListen(program: Command): void {
  const command = program
    .command("listen")
    .summary("receive, verify and print deliveries")
    .description(
      "Listens on this machine, verifies each delivery and prints a line for it, with the reason " +
        "where it is refused. With --forward, passes every request on to your server.",
    )
    .option("--port <n>", "port to listen on; 0 picks a free one", wholeNumber(0, 65_535), DEFAULT_PORT)
    .addOption(
      program
        .createOption("--path <path>", "path of deliveries")
        .argParser(parsePath)
        .default(DEFAULT_PATH, DEFAULT_PATH),
    )
    .option("--forward <url>", "pass requests on unchanged, and answer with the target's answer", parseUrl)
    .addOption(
      program
        .createOption("--page [port]", `show deliveries in a browser, on this port (${DEFAULT_PAGE_PORT})`)
        .argParser(wholeNumber(0, 65_535))
        .preset(String(DEFAULT_PAGE_PORT)),
    )
    .option("--show-numbers", "print whole fax numbers, which are health data");
  withJsonOption(withSecretOptions(command)).addHelpText("after", HELP).action(listen);
}

async function listen(options: ListenOptions): Promise<void> {
  const { port, path, forward, showNumbers = false, json = false, page: pagePort } = options;
  const { secrets, source } = await findSecrets(options);
  const ended = interrupted();
  const notices = json ? process.stderr : process.stdout;
  const colours = coloursFor(process.stdout);
  const outcomes = new Map<string, number>();
  const onDelivery = (entry: Entry): void => {
    const outcome = outcomeOf(entry);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    process.stdout.write(`${json ? jsonLine(entry) : textLines(entry, colours)}\n`);
  };
  const onStranger = (method: string, strange: string): void => {
    notices.write(`${strangerLine(method, strange, coloursFor(notices))}\n`);
  };
  const onProblem = (error: unknown): void => {
    // Without the error's message, which may quote the request.
    const { name, code = name } = error as NodeJS.ErrnoException;
    printError(`A request could not be handled (${code}), and its connection was closed.`);
  };
  let page: AttemptsPage | undefined;
  const listener = new Listener({
    port,
    path,
    secrets,
    forward,
    showNumbers,
    onArrival: (arrival) => page && showOn(page, arrival),
    onDelivery,
    onStranger,
    onProblem,
  });
  const origin = await listener.open();
  if (pagePort !== undefined) {
    const opening = openPage({ port: pagePort, url: `${origin}${path}`, secrets, forward });
    page = await opening.catch(async (error: unknown) => {
      await listener.close();
      throw error;
    });
  }
  notices.write(banner({ origin, path, source, forward, page: page?.url }, coloursFor(notices)));
  await ended;
  await listener.close();
  await page?.close();
  notices.write(`\n${farewell(outcomes)}\n`);
  process.exitCode = EXIT.ok;
}

function farewell(outcomes: ReadonlyMap<string, number>): string {
  const total = [...outcomes.values()].reduce((sum, each) => sum + each, 0);
  if (total === 0) return "No delivery arrived.";
  const parts = [...outcomes].map(([outcome, number]) => `${count(number)} ${outcome}`);
  return `${counted(total, "delivery", "deliveries")}: ${parts.join(", ")}.`;
}

function parsePath(text: string): string {
  if (/^\/[^\s?#]*$/.test(text)) return text;
  throw new InvalidArgumentError("expected a path such as /webhooks/mintfax.");
}

const HELP = `${examples(
  ["See what arrives. Prints how to send a delivery, too", "mintfax-webhooks listen"],
  [
    "Between mintfax and your server: why does it refuse?",
    "mintfax-webhooks listen --forward http://127.0.0.1:3000/webhooks/mintfax",
  ],
  ["On a path and a port of your own", "mintfax-webhooks listen --port 8080 --path /hooks/fax"],
  ["On a page, with each attempt's headers, body and answer", "mintfax-webhooks listen --page"],
  ["For a program to read: one JSON object per line", "mintfax-webhooks listen --json"],
)}

Answers as a receiver whose handler always succeeds, and recognises duplicates
until it ends. With --forward, your server does both. Listens on 127.0.0.1 only.`;
