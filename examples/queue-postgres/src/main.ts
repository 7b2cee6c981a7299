/** To try it out: makes the tables and starts both processes, and a PostgreSQL where none is given. */
import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";

const embedded = process.env.DATABASE_URL === undefined ? await startServer() : undefined;
if (embedded !== undefined) {
  process.env.DATABASE_URL = embedded.url;
  // What the server of this process holds ends with it, and so may its key.
  process.env.QUEUE_KEY ??= randomBytes(32).toString("base64");
}
await import("./migrate.ts");
const processes = ["web.ts", "worker.ts"].map((file) => fork(join(import.meta.dirname, file)));

process.on("SIGTERM", stop);
const codes = await Promise.all(processes.map(ended));
await embedded?.stop();
if (codes.some((code) => code !== 0)) process.exitCode = 1;
else console.log(JSON.stringify({ drained: true }));

async function startServer() {
  const { PostgresServer } = await import("test-support/postgres-server");
  return PostgresServer.start();
}

async function ended(child: ChildProcess): Promise<number | null> {
  const [code] = await once(child, "exit");
  // Both end together: one without the other would look healthy.
  stop();
  return code;
}

/** Only once: a process that is ending dies of a second signal. */
function stop(): void {
  for (const child of processes.splice(0)) child.kill("SIGTERM");
}
