import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

/** Where a run of tests keeps the data folders of new servers. Set by own-tmpdir.ts, which deletes them. */
export const TEMPLATES = "TEST_DATA_TEMPLATES";

/**
 * Makes the data folder of a new server. A run of tests makes one for each kind of server and copies it from then on, which
 * takes a tenth of the time.
 *
 * @param data where it is to be
 * @param make makes it there
 */
export async function makeData(kind: string, data: string, make: () => Promise<unknown>): Promise<void> {
  const templates = process.env[TEMPLATES];
  if (templates === undefined) return void (await make());
  const template = join(templates, kind);
  if (existsSync(template)) return copy(template, data);
  await make();
  const unfinished = `${template}-${process.pid}-${performance.now()}`;
  await copy(data, unfinished);
  // Another process may have been first.
  await rename(unfinished, template).catch(() => rm(unfinished, { recursive: true }));
}

async function copy(from: string, to: string): Promise<void> {
  await promisify(execFile)("cp", ["-a", from, to]);
}
