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
 * What a package exports is what is built, so `package.json` is the only list: `./dist/x.js` comes from `source`, a
 * command's from the file of its name.
 */
function entriesOf({ exports, imports = {}, bin = {} }: Manifest): Record<string, string> {
  const entries: Record<string, string> = {};
  for (const target of Object.values(exports)) {
    const [source, , built] = filesOf(target);
    if (source !== undefined && built !== undefined) entries[basename(built, ".js")] = source;
  }
  for (const file of Object.values(imports).flatMap(filesOf)) {
    if (file.startsWith("./src/")) entries[basename(file, ".ts")] = file;
  }
  for (const file of Object.values(bin)) {
    const name = basename(file, ".js");
    entries[name] = `./src/${name}.ts`;
  }
  return entries;
}

const config: UserConfig = defineConfig({
  cwd: process.cwd(),
  entry: entriesOf(JSON.parse(readFileSync("package.json", "utf8")) as Manifest),
  format: "esm",
  platform: "neutral",
  target: "node20",
  tsconfig: join(import.meta.dirname, "tsconfig.base.json"),
  // `#hmac` and the like are resolved by whoever runs the package, so that no bundle carries another platform's variant.
  deps: { neverBundle: [/^#/, /^node:/, /^cloudflare:/] },
  // Into `src`, which is published beside it: "go to definition" ends in the code.
  dts: { generator: "oxc", sourcemap: true },
  sourcemap: true,
  outExtensions: () => ({ js: ".js", dts: ".d.ts" }),
});
export default config;
