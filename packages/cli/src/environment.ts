import { readFileSync } from "node:fs";
import { parse } from "dotenv";
import { UsageError } from "./usage-error.ts";

/** The value of a variable, and its place (for people). */
export interface Variable {
  readonly text: string;
  readonly source: string;
}

/**
 * Looks in the environment, then in `.env` in the working directory. A blank value counts as none.
 *
 * @throws {UsageError} where `.env` is there and cannot be read
 */
export function variable(name: string): Variable | undefined {
  return found(process.env[name], name) ?? found(fromDotEnv(name), `${name} in .env`);
}

function found(text: string | undefined, source: string): Variable | undefined {
  return text === undefined || text.trim() === "" ? undefined : { text, source };
}

function fromDotEnv(name: string): string | undefined {
  try {
    return parse(readFileSync(".env"))[name];
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "EISDIR") return undefined;
    throw new UsageError(`.env cannot be read (${code}).`);
  }
}
