/**
 * Runs the Worker on this machine, in workerd, which is what runs Workers at Cloudflare. `npx wrangler dev` does so
 * too, but does not wait for what is in flight when it is told to stop.
 *
 * STATE names the folder where Durable Objects are kept; without it, they go when this ends.
 */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { bundleWorker } from "./bundle.ts";
import { workerdConfig } from "./config.ts";

const { default: workerd } = createRequire(import.meta.url)("workerd") as { default: string };
const folder = mkdtempSync(join(tmpdir(), "example-hono-cloudflare-"));
const { PORT = "3000", HOST = "127.0.0.1", STATE = join(folder, "state") } = process.env;
mkdirSync(STATE, { recursive: true });
const config = join(folder, "config.capnp");
writeFileSync(join(folder, "worker.js"), await bundleWorker({ minify: false }));
writeFileSync(config, workerdConfig());

const places = [`--socket-addr=http=${HOST}:${PORT}`, `--directory-path=state=${STATE}`];
const child = spawn(workerd, ["serve", config, ...places, "--control-fd=3"], {
  stdio: ["ignore", "inherit", "inherit", "pipe"],
});
// workerd tells there where it listens.
createInterface(child.stdio[3] as Readable).on("line", (line) => {
  const { event, port } = JSON.parse(line) as { event: string; port: number };
  if (event === "listen") print({ listening: { address: HOST, port } });
});
// It takes no new connections then, finishes and answers what has begun, and ends.
process.once("SIGTERM", () => child.kill("SIGTERM"));
child.once("exit", (code) => {
  rmSync(folder, { recursive: true });
  if (code === 0) print({ drained: true });
  process.exitCode = code ?? 1;
});

function print(record: object): void {
  console.log(JSON.stringify(record));
}
