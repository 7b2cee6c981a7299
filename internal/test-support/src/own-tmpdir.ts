import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TEMPLATES } from "./data-template.ts";

/** Node's own, for the hundreds of processes that tests start: it halves what a start costs. */
const COMPILED = "compiled";
const DATA = "data-templates";

/**
 * Gives the run a temporary folder of its own. At the end the run fails if the tests have left anything in that folder.
 * Vitest calls this once, before it starts its workers, which inherit the environment.
 */
export default function ownTmpdir(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "mintfax-test-"));
  process.env.TMPDIR = folder;
  process.env.NODE_COMPILE_CACHE = join(folder, COMPILED);
  process.env[TEMPLATES] = join(folder, DATA);
  mkdirSync(process.env[TEMPLATES]);
  return () => {
    // Miniflare deletes its folders without waiting for the deletion, and a worker may end first.
    const left = readdirSync(folder).filter(
      (name) => name !== COMPILED && name !== DATA && !name.startsWith("miniflare-"),
    );
    rmSync(folder, { recursive: true });
    if (left.length > 0) {
      throw new Error(`The tests left ${left.length} entries in the temporary folder: ${left.join(", ")}`);
    }
  };
}
