/**
 * Runs the Worker on this machine, in workerd, with Miniflare's queues. `npx wrangler dev` does so too, but does not wait for
 * what is in flight when it is told to stop. The queues are kept in memory.
 *
 * STATE names the folder where D1 is kept; without it, the database goes when this ends.
 */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { serve } from "@hono/node-server";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { miniflareOptions, readMigrations } from "./config.ts";

const {
  PORT = "3000",
  HOST = "127.0.0.1",
  STATE,
  MINTFAX_WEBHOOK_SECRET = "",
  // What the queue of this process holds ends with it, and so may its key.
  QUEUE_KEY = randomBytes(32).toString("base64"),
  OPERATOR_TOKEN = "operator",
} = process.env;

const miniflare = new Miniflare({
  modules: true,
  script: await bundled(),
  ...miniflareOptions(),
  bindings: { MINTFAX_WEBHOOK_SECRET, QUEUE_KEY, OPERATOR_TOKEN },
  ...(STATE !== undefined && { d1Persist: STATE }),
  handleRuntimeStdio(stdout: Readable, stderr: Readable) {
    stdout.pipe(process.stdout);
    stderr.pipe(process.stderr);
  },
});
const database = await miniflare.getD1Database("DB");
await database.batch(readMigrations().map((statement) => database.prepare(statement)));

const server = serve({ fetch: toWorker, port: Number(PORT), hostname: HOST }, (address) =>
  print({ listening: address }),
);
// It takes no new connections then, finishes and answers what has begun, and ends. Miniflare's own listener ends at once.
process.removeAllListeners("SIGTERM");
process.once("SIGTERM", () => {
  server.close(async () => {
    await miniflare.dispose();
    print({ drained: true });
  });
});

async function toWorker(request: Request): Promise<Response> {
  const { method, headers, url } = request;
  const body = method === "GET" ? null : await request.arrayBuffer();
  const init = { method, headers: Object.fromEntries(headers), body, redirect: "manual" } as const;
  return (await miniflare.dispatchFetch(url, init)) as unknown as Response;
}

/** The Worker as one module, made as wrangler makes it: by esbuild, with these conditions. */
async function bundled(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, "../worker.ts")],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2024",
    platform: "neutral",
    mainFields: ["module", "main"],
    // What workerd itself has.
    external: ["cloudflare:*"],
    // "source" is for the packages of this repository, which need no build then.
    conditions: ["source", "workerd", "worker", "browser"],
    logLevel: "error",
  });
  return outputFiles.map(({ text }) => text).join("");
}

function print(record: object): void {
  console.log(JSON.stringify(record));
}
