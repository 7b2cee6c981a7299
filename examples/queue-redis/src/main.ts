/** To try it out: starts both processes, and a Redis where none is given. */
import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { createRedisMock } from "js-redis-server";

const embedded = process.env.REDIS_URL === undefined ? await createRedisMock() : undefined;
const env = {
  ...process.env,
  REDIS_URL: process.env.REDIS_URL ?? embedded?.url,
  // What the server of this process holds ends with it, and so may its key.
  QUEUE_KEY: process.env.QUEUE_KEY ?? (embedded && randomBytes(32).toString("base64")),
};
const processes = ["web.ts", "worker.ts"].map((file) => fork(join(import.meta.dirname, file), { env }));

process.on("SIGTERM", stop);
const codes = await Promise.all(processes.map(ended));
await embedded?.close();
if (codes.some((code) => code !== 0)) process.exitCode = 1;
else console.log(JSON.stringify({ drained: true }));

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
