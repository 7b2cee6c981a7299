import { createVerifier, MintfaxWebhookError } from "@mintfax-webhooks/core";
import type { Command } from "commander";
import { FILES_IN_WORDS, type Variable, variable, withEnvFileOption } from "../environment.ts";
import { UsageError } from "../usage-error.ts";
import { askHidden } from "./ask.ts";
import { readSecretFile } from "./file.ts";

const VARIABLE = "MINTFAX_WEBHOOK_SECRET";

/** Options of every command that needs the secret. */
export interface SecretOptions {
  readonly secretFile?: string;
  readonly envFile?: string;
}

/** The text that holds the secrets, as it was found, and its place (for people). */
export type SecretText = Variable;

/** Well-formed signing secrets, and the place where they were found (for people). */
export interface FoundSecrets {
  readonly secrets: readonly string[];
  readonly source: string;
}

/** Adds `--secret-file` and `--env-file` to a command, and refuses a secret in the arguments. */
export function withSecretOptions(command: Command): Command {
  return withEnvFileOption(withSecretFileOption(command, `${VARIABLE}, .env, a prompt`), VARIABLE);
}

/** The same without `--env-file`. @param otherPlaces where else the secret is looked for */
export function withSecretFileOption(command: Command, otherPlaces: string): Command {
  return command
    .option("--secret-file <file>", `read the secret from a file (else: ${otherPlaces})`)
    .addOption(command.createOption("--secret [secret]").hideHelp().argParser(refuseArgument));
}

function refuseArgument(): never {
  throw new UsageError(
    "A secret in the arguments stays in your shell's history, and every user of this machine can see it. " +
      `Put it into the environment or a .env file as ${VARIABLE}, or into a file and pass --secret-file FILE.`,
  );
}

/**
 * The signing secrets. Whitespace separates several.
 *
 * @throws {UsageError} where there is no secret, or a malformed one; the message never holds the secret
 */
export async function findSecrets(options: SecretOptions): Promise<FoundSecrets> {
  const { text, source } = await findSecretText(options);
  const secrets = text.split(/\s+/).filter((secret) => secret !== "");
  try {
    createVerifier({ secret: secrets.length === 1 ? (secrets[0] ?? "") : secrets });
  } catch (error) {
    if (!(error instanceof MintfaxWebhookError)) throw error;
    throw new UsageError(`${source}: ${error.message}`, { cause: error });
  }
  return { secrets, source };
}

/**
 * Looks in `--secret-file`, in `MINTFAX_WEBHOOK_SECRET` of `--env-file`, of the environment, then of the files in the working
 * directory; asks where standard input is a terminal.
 *
 * @throws {UsageError} where there is none
 */
export async function findSecretText({ secretFile, envFile }: SecretOptions): Promise<SecretText> {
  if (secretFile !== undefined)
    return { text: readSecretFile("--secret-file", secretFile), source: secretFile };
  const found = variable(VARIABLE, envFile);
  if (found === undefined && envFile !== undefined) throw new UsageError(`${envFile} has no ${VARIABLE}.`);
  return found ?? (await asked());
}

async function asked(): Promise<SecretText> {
  if (process.stdin.isTTY) {
    const text = await askHidden("Signing secret (whsec_...", "No signing secret was given.");
    return { text, source: "the prompt" };
  }
  throw new UsageError(
    `No signing secret. Set ${VARIABLE} to the whsec_... value that mintfax showed when the endpoint was created ` +
      `(in the environment, or in ${FILES_IN_WORDS} in this directory), or pass --secret-file FILE or --env-file FILE.`,
  );
}
