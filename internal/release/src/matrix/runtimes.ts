import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { Miniflare } from "miniflare";
import type { Check, Expected, Result } from "./program/check.ts";
import { checks } from "./program/checks.ts";
import { nodeHttpChecks } from "./program/node-http.ts";
import { createStage, type Stage } from "./stage.ts";
import type { Column } from "./table.ts";

/** A column of the matrix. */
export interface Runtime {
  readonly name: string;
  /** Of the version, or what else tells it from its neighbour. */
  readonly variant: string;
  /** What has to hold there. */
  readonly checks: readonly Check[];
  /** Runs the checks there and gives the lines they print. */
  run(stage: Stage): Promise<string>;
}

const HERE = join(import.meta.dirname, "../..");

/** The programs themselves: Deno's command is a Node script around it. */
const BUN = join(HERE, "node_modules/bun/bin/bun.exe");
export const DENO: string = join(HERE, "node_modules/deno/deno");

export const RUNTIMES: readonly Runtime[] = [
  node("20.20.2"),
  node("22.23.3"),
  node("24.21.0"),
  node("26.10.0"),
  command("bun", "1.4.4", BUN, []),
  command("deno", "2.9.6", DENO, ["run", "--allow-all", "--no-remote"]),
  workerd("plain", false),
  workerd("nodejs_compat", true),
];

/** Runs the checks on every runtime. */
export async function runtimeColumns(): Promise<Column[]> {
  const stage = await createStage();
  try {
    const columns: Column[] = [];
    for (const runtime of RUNTIMES) {
      const { name, variant } = runtime;
      columns.push({ name, variant, results: await resultsOn(runtime, stage) });
    }
    return columns;
  } finally {
    await stage.remove();
  }
}

/** The result of each check on a runtime, failures included. Never rejects. */
export async function resultsOn(runtime: Runtime, stage: Stage): Promise<Result[]> {
  let reported: Result[] = [];
  let fault = "it was not reported";
  try {
    const lines = (await runtime.run(stage)).trim().split("\n");
    reported = lines.map((line) => JSON.parse(line) as Result);
  } catch (error) {
    fault = String(error);
  }
  return runtime.checks.map(({ name }) => reported.find((result) => result.name === name) ?? { name, fault });
}

function node(version: string): Runtime {
  const [major] = version.split(".");
  return command("node", version, join(HERE, `runtimes/node-${major}/node_modules/.bin/node`), []);
}

function command(name: Expected["runtime"], version: string, file: string, args: readonly string[]): Runtime {
  const expected: Expected = { runtime: name, version, hmac: "node:crypto", nodeModules: true };
  return {
    name,
    variant: version,
    checks: [...checks, ...nodeHttpChecks],
    async run({ program }) {
      const { stdout } = await promisify(execFile)(file, [...args, program, JSON.stringify(expected)]);
      return stdout;
    },
  };
}

function workerd(variant: string, nodeModules: boolean): Runtime {
  const expected: Expected = { runtime: "workerd", version: "", hmac: "Web Crypto", nodeModules };
  return {
    name: "workerd",
    variant,
    checks,
    async run({ worker }) {
      const miniflare = new Miniflare({
        modules: [{ type: "ESModule", path: "worker.js", contents: await readFile(worker, "utf8") }],
        compatibilityDate: "2026-07-01",
        compatibilityFlags: nodeModules ? ["nodejs_compat"] : [],
      });
      try {
        const body = JSON.stringify(expected);
        const response = await miniflare.dispatchFetch("http://localhost/", { method: "POST", body });
        return await response.text();
      } finally {
        await miniflare.dispose();
      }
    },
  };
}
