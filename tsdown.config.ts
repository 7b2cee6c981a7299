import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { defineConfig, type UserConfig } from "tsdown";

/** A target of `exports` or `imports`: a file, or conditions that lead to further targets. */
type Target = string | { readonly [condition: string]: Target };

interface Manifest {
  readonly exports: Readonly<Record<string, Target>>;
  readonly imports?: Readonly<Record<string, Target>>;
  readonly bin?: Readonly<Record<string, string>>;
}

function filesOf(target: Target): string[] {
  return typeof target === "string" ? [target] : Object.values(target).flatMap(filesOf);
}

/**
 * `package.json` is the only list of what is built: `./dist/x.js` of its `exports` and `imports` is built from the file
 * named beside it as `source`.
 */
function modulesOf({ exports, imports = {} }: Manifest): Record<string, string> {
  const entries: Record<string, string> = {};
  for (const target of Object.values(exports)) {
    const [source, , built] = filesOf(target);
    if (source !== undefined && built !== undefined) entries[basename(built, ".js")] = source;
  }
  for (const file of Object.values(imports).flatMap(filesOf)) {
    if (file.startsWith("./src/")) entries[basename(file, ".ts")] = file;
  }
  return entries;
}

/** A command is built from the file of its name. */
function commandsOf({ bin = {} }: Manifest): Record<string, string> {
  const names = Object.values(bin).map((file) => basename(file, ".js"));
  return Object.fromEntries(names.map((name) => [name, `./src/${name}.ts`]));
}

const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;
const modules = modulesOf(manifest);

const config: UserConfig = defineConfig({
  cwd: process.cwd(),
  entry: { ...modules, ...commandsOf(manifest) },
  // `.pnpmfile.mjs` says which programs take the CommonJS twins.
  format: { esm: {}, cjs: { entry: modules } },
  platform: "neutral",
  target: "node20",
  tsconfig: join(import.meta.dirname, "tsconfig.base.json"),
  // `#hmac` and the like are resolved where the package runs, so that no bundle carries another platform's variant.
  deps: { neverBundle: [/^#/, /^node:/, /^cloudflare:/] },
  // Otherwise the declarations import `#hmac` and use nothing of it. TypeScript's node10 cannot find it.
  treeshake: { moduleSideEffects: "no-external" },
  // Into `src`, which is published beside it: "go to definition" ends in the code.
  dts: { generator: "oxc", sourcemap: true },
  sourcemap: true,
  outExtensions: ({ format }) =>
    format === "cjs" ? { js: ".cjs", dts: ".d.cts" } : { js: ".js", dts: ".d.ts" },
});
export default config;
