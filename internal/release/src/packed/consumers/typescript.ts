import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import type { Stage } from "../pack/stage.ts";
import type { Proof } from "../proof.ts";
import { type CompilerName, compile, versionsOf } from "./compilers.ts";
import { DELIVERED } from "./delivery.ts";
import { COMMONJS_KINDS, type ModuleKind } from "./module-kinds.ts";
import { NODES } from "./nodes.ts";
import { deliverTo } from "./server-process.ts";

/** Users' servers in TypeScript. Every compiler checks them, and what comes out is run on every Node. */
export const typescript: readonly Proof[] = [
  { name: "TypeScript nodenext, ES modules, Koa 3", run: (stage) => nodenext(stage, "module") },
  { name: "TypeScript nodenext, CommonJS, Koa 3", run: (stage) => nodenext(stage, "commonjs") },
  { name: "TypeScript bundler, Hono", run: bundler },
  ...COMMONJS_KINDS.map((kind) => ({
    name: `TypeScript ${kind.name}, CommonJS, Express 5`,
    run: (stage: Stage) => commonjs(stage, kind),
  })),
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

async function commonjs(stage: Stage, { args, compilers }: ModuleKind): Promise<string> {
  const folder = await stage.install("commonjs-typescript");
  await compile(folder, ["-p", ".", ...args], compilers);
  const output = await readFile(join(folder, "out/server.js"), "utf8");
  if (!output.includes("require(")) throw new Error(`this is not CommonJS:\n${output}`);
  return runs(folder, "out/server.js", compilers);
}

async function runs(folder: string, program: string, compilers?: readonly CompilerName[]): Promise<string> {
  for (const { file } of NODES) await deliverTo(file, [program], folder);
  return `${DELIVERED}; ${versionsOf(compilers)}`;
}
