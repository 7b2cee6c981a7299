import { readFileSync } from "node:fs";
import { UsageError } from "../usage-error.ts";

/**
 * @param option that names the file, for the message
 * @throws {UsageError} where it cannot be read
 */
export function readSecretFile(option: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`${option} ${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}
