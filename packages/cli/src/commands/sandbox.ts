import { ConfigurationError } from "@mintfax-webhooks/core";
import type { SandboxOptions } from "@mintfax-webhooks/sandbox";
import { type Command, InvalidArgumentError } from "commander";
import { EXIT } from "../exit-codes.ts";
import { examples } from "../help.ts";
import { wholeNumber } from "../options/numbers.ts";
import { coloursFor } from "../output/colours.ts";
import { sandboxBanner } from "../sandbox/banner.ts";
import { findSecrets, type SecretOptions, withSecretOptions } from "../secrets/find-secrets.ts";
import { interrupted } from "../signals.ts";
import { parseUrl } from "../target/option.ts";
import { UsageError } from "../usage-error.ts";

interface Options extends SecretOptions {
  readonly port: number;
  readonly host: string;
  readonly token?: string;
  readonly timeScale: number;
  readonly forward?: URL;
}

/** Beside `listen`'s 4242. */
const DEFAULT_PORT = 4243;

/** Adds `sandbox` to the program. */
export function addSandbox(program: Command): void {
  const command = program
    .command("sandbox")
    .summary("play mintfax on this machine, with a page that shows every attempt")
    .description(
      "Plays mintfax on this machine: its API, its retries, and a page where you register your server, send " +
        "faxes and look at each attempt. No account is needed, and nothing leaves this machine.",
    )
    .option("--port <n>", "port to listen on; 0 picks a free one", wholeNumber(0, 65_535), DEFAULT_PORT)
    .option("--time-scale <factor>", "0.1 makes 10 s of waiting 1 s", parseTimeScale, 1)
    .option("--forward <url>", "register this URL from the start, with your secret", parseUrl)
    .option("--host <address>", "address to listen on; not this machine's own needs --token", "127.0.0.1")
    .option("--token <text>", "what lets a browser in; at least 16 characters");
  withSecretOptions(command).addHelpText("after", HELP).action(sandbox);
}

async function sandbox(options: Options): Promise<void> {
  const { port, host, token, timeScale, forward } = options;
  const ended = interrupted();
  const settings: SandboxOptions = {
    port,
    host,
    timeScale,
    ...(token !== undefined && { token }),
    ...(forward !== undefined && { endpoints: await endpointsFor(forward, options) }),
  };
  // The other commands start without its server.
  const { createSandbox } = await import("@mintfax-webhooks/sandbox");
  const opened = await createSandbox(settings).catch((error: unknown) => {
    throw usageErrorOf(error, port);
  });
  process.stdout.write(sandboxBanner(opened, forward, timeScale, coloursFor(process.stdout)));
  await ended;
  await opened.close();
  process.exitCode = EXIT.ok;
}

function usageErrorOf(error: unknown, port: number): unknown {
  if (error instanceof ConfigurationError)
    return new UsageError(error.message.replace("createSandbox(): ", ""));
  const { code } = error as NodeJS.ErrnoException;
  if (code !== "EADDRINUSE" && code !== "EACCES" && code !== "EADDRNOTAVAIL") return error;
  return new UsageError(`Port ${port} cannot be listened on (${code}). Choose another one with --port.`);
}

async function endpointsFor(
  forward: URL,
  options: SecretOptions,
): Promise<NonNullable<SandboxOptions["endpoints"]>> {
  const { secrets } = await findSecrets(options);
  const [secret] = secrets;
  return [{ url: forward.href, ...(secret !== undefined && { secret }) }];
}

function parseTimeScale(text: string): number {
  const factor = Number(text);
  if (text.trim() !== "" && factor >= 0 && factor <= 1000) return factor;
  throw new InvalidArgumentError("expected a number from 0 to 1000.");
}

const HELP = examples(
  ["Open the page, register your server there, send a fax", "mintfax-webhooks sandbox"],
  [
    "Your server runs already, with MINTFAX_WEBHOOK_SECRET",
    "mintfax-webhooks sandbox --forward http://127.0.0.1:3000/webhooks/mintfax",
  ],
  ["All of the 18.5 minutes of retries in 11 seconds", "mintfax-webhooks sandbox --time-scale 0.01"],
);
