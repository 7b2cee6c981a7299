import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import type { Stage } from "../pack/stage.ts";
import type { Proof } from "../proof.ts";
import { COMPILER_VERSIONS, compile } from "./compilers.ts";
import { DELIVERED } from "./delivery.ts";
import { NODES } from "./nodes.ts";
import { deliverTo } from "./server-process.ts";

/** Users' servers in TypeScript. Every compiler checks them, and what comes out is run on every Node. */
export const typescript: readonly Proof[] = [
  { name: "TypeScript nodenext, ES modules, Koa 3", run: (stage) => nodenext(stage, "module") },
  { name: "TypeScript nodenext, CommonJS, Koa 3", run: (stage) => nodenext(stage, "commonjs") },
  { name: "TypeScript bundler, Hono", run: bundler },
];

async function nodenext(stage: Stage, type: "module" | "commonjs"): Promise<string> {
  const folder = await stage.install("nodenext");
  const path = join(folder, "package.json");
  await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, "utf8")), type }));
  await compile(folder);
  const output = await readFile(join(folder, "out/server.js"), "utf8");
  if (output.includes("require(") !== (type === "commonjs"))
    throw new Error(`this is not ${type}:\n${output}`);
  return runs(folder, "out/server.js");
}

async function bundler(stage: Stage): Promise<string> {
  const folder = await stage.install("bundler");
  await compile(folder);
  await build({
    absWorkingDir: folder,
    entryPoints: ["server.ts"],
    outfile: "bundle.cjs",
    bundle: true,
    // As an ES module, esbuild's output cannot `require` Node's own modules, and most of npm does, raw-body included.
    platform: "node",
    logLevel: "silent",
  });
  return runs(folder, "bundle.cjs");
}

async function runs(folder: string, program: string): Promise<string> {
  for (const { file } of NODES) await deliverTo(file, [program], folder);
  return `${DELIVERED}; ${COMPILER_VERSIONS}, without skipLibCheck`;
}
