import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Manifest } from "../pack/tarballs.ts";
import type { Proof } from "../proof.ts";
import { run } from "../run.ts";
import { compile, versionsOf } from "./compilers.ts";
import { COMMONJS_KINDS } from "./module-kinds.ts";
import { NODE_VERSIONS, NODES } from "./nodes.ts";

/** It imports `cloudflare:workers`, so only a Worker can load it; the Worker among the consumers does. */
const FOR_WORKERS = "@mintfax-webhooks/cloudflare/durable-object";
/** Nest 12 is an ES module, which Jest's CommonJS mode and TypeScript below 5.8 cannot require. */
const NEST = { "@nestjs/common": "^11.1.4", "@nestjs/core": "^11.1.4" };
const TYPES = { "@types/express": "^5.0.0", "@types/koa": "^3.0.0", "@types/node": "^20.19.0" };

/** All packages side by side, and every entry of theirs loaded and compiled in both systems of modules. */
export const entries: Proof = {
  name: "every entry, by import and by require",
  async run(stage) {
    const manifests = stage.tarballs.map(({ manifest }) => manifest);
    const folder = await stage.install("entries", dependenciesOn(manifests));
    const specifiers = manifests.flatMap(specifiersOf);
    for (const { file } of NODES) await run(file, ["load.cjs", ...specifiers], { cwd: folder });

    const source = specifiers
      .map((specifier, index) => `export * as e${index} from "${specifier}";\n`)
      .join("");
    for (const name of ["all.mts", "all.cts"]) await writeFile(join(folder, name), source);
    const settings = ["--noEmit", "--strict", "--types", "node", "--target", "es2022"];
    await compile(folder, [...settings, "--module", "nodenext", "all.mts"]);
    const bundling = ["--module", "esnext", "--moduleResolution", "bundler"];
    await compile(folder, [...settings, ...bundling, "all.mts"]);
    for (const { args, compilers } of COMMONJS_KINDS) {
      await compile(folder, [...settings, ...args, "all.cts"], compilers);
    }
    return `${specifiers.length} entries of ${manifests.length} packages; ${NODE_VERSIONS}; ${versionsOf()}`;
  },
};

export function dependenciesOn(manifests: readonly Manifest[]): Record<string, string> {
  return { ...TYPES, ...NEST, ...Object.fromEntries(manifests.map(({ name, version }) => [name, version])) };
}

/** All that is code and runs outside a Worker: no `package.json`, no `schema.sql`. */
export function specifiersOf({ name, exports }: Manifest): string[] {
  const paths = Object.keys(exports).filter((path) => !/\.(json|sql)$/.test(path));
  return paths.map((path) => name + path.slice(1)).filter((specifier) => specifier !== FOR_WORKERS);
}
