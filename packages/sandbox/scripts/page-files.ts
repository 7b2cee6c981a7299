/** For the tree: the page's files, bundled from their sources. What is published has them from `scripts/write-page-files.ts`. */
import { join } from "node:path";
import { buildSync } from "esbuild";

const { outputFiles } = buildSync({
  entryPoints: ["main.tsx", "style.css"].map((file) => join(import.meta.dirname, "../src/page/client", file)),
  outdir: "out",
  bundle: true,
  minify: true,
  write: false,
  format: "esm",
  target: "es2022",
  jsx: "automatic",
  jsxImportSource: "hono/jsx/dom",
  charset: "utf8",
});

export const SCRIPT: string = textOf(".js");
export const STYLE: string = textOf(".css");

function textOf(extension: string): string {
  const file = outputFiles.find(({ path }) => path.endsWith(extension));
  if (file === undefined) throw new Error(`the bundle has no ${extension} file`);
  return file.text;
}
