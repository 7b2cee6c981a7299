import type { Command } from "commander";
import { variable } from "../environment.ts";
import { askHidden } from "../secrets/ask.ts";
import { readSecretFile } from "../secrets/file.ts";
import { UsageError } from "../usage-error.ts";

const VARIABLE = "MINTFAX_API_KEY";

/** Options of every command that calls mintfax's API. */
export interface ApiOptions {
  readonly apiKeyFile?: string;
  readonly baseUrl?: string;
}

/** Adds `--api-key-file` and `--base-url` to a command, and refuses a key in the arguments. */
export function withApiOptions(command: Command): Command {
  return command
    .option("--api-key-file <file>", `read the API key from a file (else: ${VARIABLE}, .env, a prompt)`)
    .option("--base-url <url>", "mintfax's API, or the sandbox's (default: https://api.mintfax.com/v1)")
    .addOption(command.createOption("--api-key [key]").hideHelp().argParser(refuseArgument));
}

function refuseArgument(): never {
  throw new UsageError(
    "An API key in the arguments stays in your shell's history, and every user of this machine sees it in `ps`. " +
      `Put it into the environment or a .env file as ${VARIABLE}, or into a file and pass --api-key-file FILE.`,
  );
}

/**
 * Looks in `--api-key-file`, in `MINTFAX_API_KEY` of the environment, then of `.env` in the working directory; asks where standard
 * input is a terminal.
 *
 * @throws {UsageError} where there is none
 */
export async function findApiKey({ apiKeyFile }: ApiOptions): Promise<string> {
  const text =
    apiKeyFile === undefined ? variable(VARIABLE)?.text : readSecretFile("--api-key-file", apiKeyFile);
  return (text ?? (await asked())).trim();
}

async function asked(): Promise<string> {
  if (process.stdin.isTTY) return askHidden("API key (mfx_live_... or mfx_test_...", "No API key was given.");
  throw new UsageError(
    `No API key. Set ${VARIABLE} to a key of the endpoint's environment (in the environment, or in a .env file in this ` +
      "directory), or pass --api-key-file FILE.",
  );
}
