import { createHash } from "node:crypto";
import { globSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { ROOT } from "test-support/root";
import { installPackage } from "./install.ts";

const BENCH = join(import.meta.dirname, "../..");
const OUT = join(BENCH, "dist");
const PACKAGES = [
  "core",
  "express",
  "fastify",
  "hono",
  "koa",
  "redis",
  "postgres",
  "mysql",
  "sqlite",
  "queue",
  "testing",
];
/** What the bench starts as a process of its own. */
const PROGRAMS = ["contestants/serve.ts", "load/main.ts", "inside/{*,start/*}.ts", "worker/*.ts"];
/** A run may still be using one that is no longer the newest. */
const KEPT_BUILDS = 4;

let folder: string | undefined;

/**
 * Builds what is measured, in a folder of its own: the packages as npm would install them, and the programs that import
 * them. It is named after the sources, so a run neither measures an old build nor sees one change under its feet.
 */
export async function buildAll(): Promise<void> {
  const name = fingerprint();
  folder = join(OUT, name);
  if (statSync(folder, { throwIfNoEntry: false }) !== undefined) return;
  mkdirSync(OUT, { recursive: true });
  removeOld();
  const fresh = await mkdtemp(join(OUT, "unfinished-"));
  try {
    await Promise.all(PACKAGES.map((each) => installPackage(each, join(fresh, "node_modules"))));
    await buildPrograms(fresh);
    renameSync(fresh, folder);
  } catch (error) {
    rmSync(fresh, { recursive: true });
    // Another run may have built the same meanwhile.
    if ((error as { code?: string }).code !== "ENOTEMPTY") throw error;
  }
}

/** @param name path below `src`, without its extension */
export function builtFile(name: string): string {
  return join(builtFolder(), `${name}.js`);
}

/** From where imports find the built packages. */
export function builtFolder(): string {
  if (folder === undefined) throw new Error("nothing has been built yet");
  return folder;
}

/** As JavaScript, since Node 20 runs no TypeScript. Packages stay outside, to be found as a user's server finds them. */
async function buildPrograms(outdir: string): Promise<void> {
  const src = join(BENCH, "src");
  await build({
    entryPoints: globSync(PROGRAMS, { cwd: src }).map((file) => join(src, file)),
    outbase: src,
    outdir,
    bundle: true,
    splitting: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "error",
  });
}

function fingerprint(): string {
  const hash = createHash("sha256");
  const patterns = [
    `packages/{${PACKAGES.join(",")}}/{src/**/*.ts,package.json}`,
    "internal/bench/src/**/*.ts",
  ];
  for (const file of [...globSync(patterns, { cwd: ROOT }).sort(), "tsdown.config.ts", "pnpm-lock.yaml"]) {
    hash.update(`${file}\n`).update(readFileSync(join(ROOT, file)));
  }
  return hash.digest("hex").slice(0, 16);
}

function removeOld(): void {
  const builds = readdirSync(OUT).map((name) => {
    const path = join(OUT, name);
    return { path, builtMs: statSync(path).mtimeMs };
  });
  builds.sort((a, b) => b.builtMs - a.builtMs);
  for (const { path } of builds.slice(KEPT_BUILDS)) rmSync(path, { recursive: true });
}
