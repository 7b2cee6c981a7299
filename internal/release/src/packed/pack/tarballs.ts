import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { ROOT } from "test-support/root";
import { run } from "../run.ts";
import { readTar } from "./tar.ts";

/** What of a `package.json` counts here. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly engines?: Readonly<Record<string, string>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly publishConfig?: Readonly<Record<string, unknown>>;
}

/** A package as npm publishes it. */
export interface Tarball {
  /** Of the file, which lies in the stage. */
  readonly file: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** As it is in there: `workspace:` and `catalog:` are resolved. */
  readonly manifest: Manifest;
  /** All files in it, by path, without the leading `package/`. */
  readonly files: ReadonlyMap<string, string>;
}

/** Builds every public package and packs it into `folder`. */
export async function packAll(folder: string, env: NodeJS.ProcessEnv): Promise<Tarball[]> {
  const pnpm = (...args: string[]) =>
    run("pnpm", ["-r", "--filter", "./packages/*", ...args], { cwd: ROOT, env });
  await pnpm("run", "build");
  await pnpm("pack", "--pack-destination", folder, "--json");
  const names = (await readdir(folder)).filter((name) => name.endsWith(".tgz")).sort();
  return Promise.all(names.map((name) => readTarball(join(folder, name))));
}

async function readTarball(file: string): Promise<Tarball> {
  const bytes = await readFile(file);
  const files = readTar(gunzipSync(bytes));
  const manifest = JSON.parse(files.get("package.json") ?? "") as Manifest;
  return { file, bytes, manifest, files };
}
