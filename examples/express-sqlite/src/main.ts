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
  let isEnding = false;

  for (let i = 0; i < PROCESSES; i += 1) cluster.fork(env);
  cluster.once("listening", (_, address) => print({ listening: address }));
  cluster.on("exit", () => {
    if (!isEnding) cluster.fork(env);
    else if (Object.keys(cluster.workers ?? {}).length === 0) end();
  });
  process.on("SIGTERM", () => {
    isEnding = true;
    for (const web of Object.values(cluster.workers ?? {})) web?.process.kill("SIGTERM");
  });

  function end(): void {
    if (folder !== undefined) rmSync(folder, { recursive: true });
    print({ drained: true });
  }
}
