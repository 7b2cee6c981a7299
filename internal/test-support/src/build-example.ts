import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const ATTEMPTS = 600;
const BETWEEN_ATTEMPTS_MS = 100;

/**
 * Runs the `build` of an example, as `pnpm start` does first, unless what it made is newer than its sources. Several tests start
 * the same example at once, and none may run files that another is just writing.
 *
 * @param script such as `tsc -p tsconfig.build.json`
 */
export async function buildExample(folder: string, script: string): Promise<void> {
  const [command = "", ...args] = script.split(" ");
  const lock = join(folder, "node_modules/.test-build");
  await taken(lock);
  try {
    if (newest(join(folder, "dist")) > newest(join(folder, "src"))) return;
    execFileSync(join(folder, "node_modules/.bin", command), args, { cwd: folder, stdio: "inherit" });
  } finally {
    rmdirSync(lock);
  }
}

async function taken(lock: string): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    try {
      return mkdirSync(lock);
    } catch {
      await sleep(BETWEEN_ATTEMPTS_MS);
    }
  }
  throw new Error(`Another test builds this example, or has left ${lock} behind. If none runs, remove it.`);
}

/** When a file of the folder was last written, in milliseconds since 1970; 0 where there is none. */
function newest(folder: string): number {
  try {
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
    return Math.max(0, ...files.map((file) => statSync(join(folder, file)).mtimeMs));
  } catch {
    return 0;
  }
}
