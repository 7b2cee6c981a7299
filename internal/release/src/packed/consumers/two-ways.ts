import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Stage } from "../pack/stage.ts";
import type { Proof } from "../proof.ts";
import { run } from "../run.ts";
import { DELIVERED } from "./delivery.ts";
import { NODES } from "./nodes.ts";
import { BUN, DENO } from "./other-runtimes.ts";
import { deliverTo } from "./server-process.ts";

const BUNDLERS = ["esbuild", "webpack", "rollup", "vite"];

/** A server that imports our packages and also requires them: it throws where these are two copies. */
export const twoWays: readonly Proof[] = [
  ...BUNDLERS.map((bundler) => ({
    name: `${bundler}, import and require together`,
    run: (stage: Stage) => bundled(stage, bundler),
  })),
  { name: "Node, Bun and Deno, import and require together", run: unbundled },
  { name: "both copies of core in one process", run: twoCopies },
];

async function bundled(stage: Stage, bundler: string): Promise<string> {
  const folder = await stage.install("two-ways");
  await run(process.execPath, ["bundle.js", bundler], { cwd: folder });
  const program = existsSync(join(folder, "out.cjs")) ? "out.cjs" : "out.mjs";
  for (const { file } of NODES) await deliverTo(file, [program], folder);
  return `one copy; ${DELIVERED}`;
}

async function unbundled(stage: Stage): Promise<string> {
  const folder = await stage.install("two-ways");
  for (const { file } of NODES) await deliverTo(file, ["server.js"], folder);
  await deliverTo(BUN, ["server.js"], folder);
  await deliverTo(DENO, ["run", "--allow-all", "--no-remote", "server.js"], folder);
  return `one copy; ${DELIVERED}`;
}

async function twoCopies(stage: Stage): Promise<string> {
  const folder = await stage.install("two-copies");
  for (const { file } of NODES) await run(file, ["copies.js"], { cwd: folder });
  return "with one store an event is handled once, and errors of the other copy are understood";
}
