import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { ROOT } from "test-support/root";

const PACKAGES = ["core", "testing"];

/** The conditions by which wrangler picks what goes into a Worker's bundle. */
const WORKER_CONDITIONS = ["workerd", "worker", "browser"];

/** A folder in which the packages are installed as a user has them: built, and without a source anywhere near. */
export interface Stage {
  /** The program for Node, Bun and Deno; it imports the packages. */
  readonly program: string;
  /** The program for workerd, in one file. */
  readonly worker: string;
  remove(): Promise<void>;
}

export async function createStage(): Promise<Stage> {
  // Deno and Bun go by real paths.
  const folder = await realpath(await mkdtemp(join(tmpdir(), "mintfax-runtimes-")));
  const remove = () => rm(folder, { recursive: true });
  try {
    return { ...(await furnish(folder)), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function furnish(folder: string): Promise<Pick<Stage, "program" | "worker">> {
  await writeFile(join(folder, "package.json"), '{"type":"module"}');
  await Promise.all(PACKAGES.map((name) => install(name, join(folder, "node_modules"))));
  const program = join(folder, "process.js");
  await bundle(join(import.meta.dirname, "program/process.ts"), program, { packages: "external" });
  // In two steps, so that the second one finds the packages that are installed in the folder.
  const looseWorker = join(folder, "worker-without-packages.js");
  await bundle(join(import.meta.dirname, "program/worker.ts"), looseWorker, { packages: "external" });
  const worker = join(folder, "worker.js");
  // On the neutral platform, a `node:` import that got this far is an error.
  await bundle(looseWorker, worker, { conditions: WORKER_CONDITIONS });
  return { program, worker };
}

/** Puts what `npm publish` would publish into `node_modules`, and links what it depends on. */
async function install(name: string, modules: string): Promise<void> {
  const source = join(ROOT, "packages", name);
  const target = join(modules, "@mintfax-webhooks", name);
  await mkdir(target, { recursive: true });
  await cp(join(source, "package.json"), join(target, "package.json"));
  const { dependencies = {} } = JSON.parse(await readFile(join(source, "package.json"), "utf8")) as {
    dependencies?: Record<string, string>;
  };
  for (const [dependency, version] of Object.entries(dependencies)) {
    if (version.startsWith("workspace:")) continue;
    const link = join(modules, dependency);
    await mkdir(dirname(link), { recursive: true });
    await symlink(await realpath(join(source, "node_modules", dependency)), link);
  }
  await promisify(execFile)(
    join(ROOT, "node_modules/.bin/tsdown"),
    ["--config", join(ROOT, "tsdown.config.ts"), "--out-dir", join(target, "dist"), "--no-dts"],
    { cwd: source },
  );
}

async function bundle(entry: string, outfile: string, options: Parameters<typeof build>[0]): Promise<void> {
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: "esm",
    target: "es2022",
    platform: "neutral",
    mainFields: ["module", "main"],
    logLevel: "error",
    ...options,
  });
}
