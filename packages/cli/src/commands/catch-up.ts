import type { CatchUpReport } from "@mintfax-webhooks/catch-up";
import { MintfaxWebhookError } from "@mintfax-webhooks/core";
import type { Command } from "commander";
import { type ApiOptions, findApiKey, withApiOptions } from "../api-key/find-api-key.ts";
import { inOptions } from "../api-key/in-options.ts";
import { isCertain, textOf } from "../catch-up/print.ts";
import { CatchUpProgress } from "../catch-up/progress.ts";
import { EXIT } from "../exit-codes.ts";
import { examples, withJsonOption } from "../help.ts";
import { sinceTime } from "../options/since.ts";
import { coloursFor } from "../output/colours.ts";
import { printNote } from "../output/notice.ts";
import { columnsOf } from "../output/text.ts";
import { interrupted } from "../signals.ts";
import { UsageError } from "../usage-error.ts";

interface CatchUpOptions extends ApiOptions {
  readonly endpoint: string;
  readonly since: Date;
  readonly resend?: true;
  readonly now?: true;
  readonly json?: true;
}

/** Adds `catch-up` to the program. */
export function addCatchUp(program: Command): void {
  const command = program
    .command("catch-up")
    .summary("have mintfax send again what its four attempts did not get through")
    .description(
      "Lists the events that mintfax's four attempts did not get through to an endpoint. With --resend, has mintfax send them " +
        "again. They arrive as any delivery does: signed, verified and deduplicated.",
    )
    .requiredOption("--endpoint <id>", "webhook_..., from mintfax's dashboard")
    .option(
      "--since <time>",
      "from when on: 90s, 2h, 3d, or a time in UTC such as 2026-11-27T02:14Z",
      sinceTime,
    )
    .option("--resend", "have mintfax send them again; without it nothing is sent")
    .option("--now", "with --resend: also what failed again and waits for its next try");
  withJsonOption(withApiOptions(command)).addHelpText("after", HELP).action(catchUp);
}

async function catchUp(options: CatchUpOptions): Promise<void> {
  const { endpoint, baseUrl } = options;
  const apiKey = await findApiKey(options);
  const stop = new AbortController();
  void interrupted().then(() => stop.abort());
  // The other commands start without it.
  const { createCatchUp } = await import("@mintfax-webhooks/catch-up");
  const progress = new CatchUpProgress();
  try {
    const steps = createCatchUp({ endpoint, apiKey, ...(baseUrl !== undefined && { baseUrl }) }).steps({
      ...(options.since !== undefined && { since: options.since }),
      dryRun: options.resend !== true,
      ignoreWaits: options.now === true,
      signal: stop.signal,
    });
    for await (const step of steps) {
      progress.see(step);
      if (step.type !== "finished") continue;
      progress.end();
      report(step.report, options);
    }
  } catch (error) {
    progress.end();
    if (stop.signal.aborted) return stopped();
    throw failureOf(error, options);
  } finally {
    progress.end();
  }
}

function report(found: CatchUpReport, options: CatchUpOptions): void {
  print(found, options);
  for (const { message } of found.notes) printNote(message);
  if (found.owed > 0) process.exitCode = EXIT.refused;
  else if (!isCertain(found)) process.exitCode = EXIT.usage;
}

function print(found: CatchUpReport, { endpoint, json }: CatchUpOptions): void {
  const { stdout } = process;
  const text = json
    ? `${JSON.stringify({ endpoint, ...found })}\n`
    : textOf(found, { endpoint, columns: columnsOf(stdout), colours: coloursFor(stdout) });
  stdout.write(text);
}

/** What was found and done by then is printed, so that a person knows what was sent. */
function failureOf(error: unknown, options: CatchUpOptions): unknown {
  if (!(error instanceof MintfaxWebhookError)) return error;
  const found = "report" in error ? (error.report as CatchUpReport | undefined) : undefined;
  if (found !== undefined && (found.resent > 0 || options.json)) print(found, options);
  return new UsageError(inOptions(error.message), { cause: error });
}

function stopped(): void {
  process.stderr.write("Stopped. What mintfax was asked to send again by then, it sends.\n");
  process.exitCode = EXIT.interrupted;
}

const HELP = `${examples(
  [
    "What would be sent again; nothing is",
    "mintfax-webhooks catch-up --endpoint webhook_8aZqRm4yT3vK7pNxJ2bH9c",
  ],
  [
    "After the outage of last night",
    "mintfax-webhooks catch-up --endpoint webhook_8aZqRm4yT3vK7pNxJ2bH9c \\\n    --since 12h --resend",
  ],
  [
    "Against the sandbox",
    "mintfax-webhooks catch-up --endpoint webhook_... \\\n    --base-url http://127.0.0.1:4243/v1",
  ],
)}

The API key is of the endpoint's environment: mfx_live_... or mfx_test_.... It
comes from --api-key-file, MINTFAX_API_KEY, .env or a prompt, never from the
arguments, which every user of the machine sees in \`ps\`. It is never printed.

Exits with 0 where nothing is missing, with 1 where something still is, and with
2 where that could not be found out.

Built from mintfax's public pages, and not yet run against mintfax.`;
