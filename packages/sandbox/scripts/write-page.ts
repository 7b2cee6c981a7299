/** Part of the build: writes the page's files and what renders its first view, in both kinds of modules. */
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { bundle } from "./bundle.ts";
import { SCRIPT, STYLE } from "./page-files.ts";

const DIST = join(import.meta.dirname, "../dist");

function write(name: string, text: string): void {
  writeFileSync(join(DIST, name), text);
}

mkdirSync(DIST, { recursive: true });
write(
  "page-files.js",
  `export const SCRIPT = ${JSON.stringify(SCRIPT)};\nexport const STYLE = ${JSON.stringify(STYLE)};\n`,
);
write("page-files.json", JSON.stringify({ SCRIPT, STYLE }));
write(
  "page-files.cjs",
  'const files = require("./page-files.json");\nexports.SCRIPT = files.SCRIPT;\nexports.STYLE = files.STYLE;\n',
);

for (const [format, extension] of [
  ["esm", ".js"],
  ["cjs", ".cjs"],
] as const) {
  const files = bundle(["document.tsx"], {
    format,
    jsxImportSource: "hono/jsx",
    platform: "node",
    external: ["hono/*"],
    sourcemap: true,
    outdir: DIST,
    entryNames: "page-[name]",
    outExtension: { ".js": extension },
  });
  for (const { path, text } of files) write(basename(path), text);
}
