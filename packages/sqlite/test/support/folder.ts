import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** @returns a new path of a database, in a folder that is removed after the tests of the file */
export function newFiles(): () => string {
  const folder = mkdtempSync(join(tmpdir(), "mintfax-sqlite-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let count = 0;
  return () => {
    count += 1;
    return join(folder, `webhooks-${count}.db`);
  };
}
