import { join } from "node:path";
import { type BuildOptions, buildSync, type OutputFile } from "esbuild";

const PAGE = join(import.meta.dirname, "../src/page");

/** Bundles files of the page, by their paths below `src/page`. */
export function bundle(entryPoints: readonly string[], options: BuildOptions): OutputFile[] {
  const { outputFiles = [] } = buildSync({
    entryPoints: entryPoints.map((file) => join(PAGE, file)),
    outdir: "out",
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    charset: "utf8",
    jsx: "automatic",
    // Otherwise the tree's settings for JSX win over those of each bundle.
    tsconfigRaw: "{}",
    ...options,
  });
  return outputFiles;
}
