import { cp } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { ROOT } from "test-support/root";
import { outsideEnv, type Stage } from "../pack/stage.ts";
import { run } from "../run.ts";

/** Folders that a fresh clone does not have. */
const MADE_HERE = new Set([".git", "node_modules", "dist", "tarballs", "coverage", ".sandbox"]);

/**
 * Runs the page's commands for a checkout in a copy of this one, without the stage's registry: the tarballs have to be enough.
 *
 * @returns the folder that the commands leave the reader in
 */
export async function installFromCheckout(stage: Stage, commands: string): Promise<string> {
  const checkout = join(await stage.newFolder("checkout"), "mintfax-webhooks");
  await cp(ROOT, checkout, { recursive: true, filter: (path) => !MADE_HERE.has(basename(path)) });
  // The last line that it prints is where it ends.
  const printed = await run("sh", ["-c", `${commands} && pwd`], { cwd: checkout, env: outsideEnv() });
  const folder = printed.trimEnd().split("\n").at(-1) ?? "";
  if (dirname(folder) !== dirname(checkout)) throw new Error(`the commands end in ${folder}`);
  return folder;
}
