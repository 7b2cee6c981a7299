import { createRequire } from "node:module";

/**
 * The path of better-sqlite3 12.0.0, which is compiled for one version of Node: the one that installs this workspace. Undefined
 * where it could be neither downloaded nor compiled.
 */
export const BETTER_SQLITE3_12: string | undefined = pathOf("better-sqlite3-12");

function pathOf(name: string): string | undefined {
  try {
    return createRequire(import.meta.url).resolve(name);
  } catch {
    return undefined;
  }
}
