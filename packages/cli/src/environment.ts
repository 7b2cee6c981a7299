import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { parse } from "dotenv";
import { UsageError } from "./usage-error.ts";

/** The value of a variable, and its place (for people). */
export interface Variable {
  readonly text: string;
  readonly source: string;
}

/** In the order in which they are looked in: a local one before the shared one, and wrangler's. */
const FILES = [".env.local", ".env", ".dev.vars"] as const;

/** For help texts and errors. */
export const FILES_IN_WORDS = ".env.local, .env or .dev.vars";

/**
 * Adds `--env-file`, which names the file that {@link variable} looks in.
 *
 * @param name of the variable, for the help text
 */
export function withEnvFileOption(command: Command, name: string): Command {
  return command.option("--env-file <file>", `read ${name} from this file, not from .env`);
}

/**
 * Looks in the environment, then in `.env.local`, `.env` and `.dev.vars` in the working directory. A blank value counts as
 * none.
 *
 * @param envFile is looked in instead of these three, and before the environment
 * @throws {UsageError} where a file is there and cannot be read
 */
export function variable(name: string, envFile?: string): Variable | undefined {
  if (envFile !== undefined) return found(inFile(envFile, name, true), `${name} in ${envFile}`);
  const inEnvironment = found(process.env[name], name);
  if (inEnvironment !== undefined) return inEnvironment;
  for (const file of FILES) {
    const variable = found(inFile(file, name, false), `${name} in ${file}`);
    if (variable !== undefined) return variable;
  }
  return undefined;
}

function found(text: string | undefined, source: string): Variable | undefined {
  return text === undefined || text.trim() === "" ? undefined : { text, source };
}

function inFile(file: string, name: string, isNeeded: boolean): string | undefined {
  try {
    return parse(textIn(readFileSync(file)))[name];
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!isNeeded && (code === "ENOENT" || code === "EISDIR")) return undefined;
    throw new UsageError(`${file} cannot be read (${code}).`);
  }
}

/** `>` of Windows PowerShell writes UTF-16, and other tools begin with the mark of UTF-8. */
function textIn(bytes: Buffer): string {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
  return new TextDecoder(encoding).decode(bytes);
}
