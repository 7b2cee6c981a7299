/** Keeps two web processes running, which share one port and one file. */
import cluster from "node:cluster";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { print } from "./print.ts";

const PROCESSES = 2;

if (cluster.isPrimary) keepRunning();
else await import("./web.ts");

function keepRunning(): void {
  // Without DATABASE_FILE, the file ends with this process.
  const folder = process.env.DATABASE_FILE === undefined ? mkdtempSync(join(tmpdir(), "clinic-")) : undefined;
  const env = folder === undefined ? {} : { DATABASE_FILE: join(folder, "clinic.db") };
  if (folder !== undefined) process.once("exit", () => rmSync(folder, { recursive: true }));
  const listening = new Set<number>();
  let isEnding = false;

  for (let i = 0; i < PROCESSES; i += 1) cluster.fork(env);
  cluster.once("listening", (_, address) => print({ listening: address }));
  cluster.on("listening", ({ id }) => listening.add(id));
  cluster.on("exit", ({ id }, code) => {
    // One that never listened is set up wrong, and so would be the next. It has printed why.
    if (!isEnding && !listening.delete(id)) process.exit(code || 1);
    if (!isEnding) cluster.fork(env);
    else if (Object.keys(cluster.workers ?? {}).length === 0) print({ drained: true });
  });
  process.on("SIGTERM", () => {
    isEnding = true;
    for (const web of Object.values(cluster.workers ?? {})) web?.process.kill("SIGTERM");
  });
}
