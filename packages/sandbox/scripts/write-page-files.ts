/** Part of the build: writes the page's files for the published package, in both kinds of modules. */
import { writeFileSync } from "node:fs";
import { SCRIPT, STYLE } from "./page-files.ts";

function write(name: string, text: string): void {
  writeFileSync(new URL(`../dist/${name}`, import.meta.url), text);
}

write(
  "page-files.js",
  `export const SCRIPT = ${JSON.stringify(SCRIPT)};\nexport const STYLE = ${JSON.stringify(STYLE)};\n`,
);
write("page-files.json", JSON.stringify({ SCRIPT, STYLE }));
write(
  "page-files.cjs",
  'const files = require("./page-files.json");\nexports.SCRIPT = files.SCRIPT;\nexports.STYLE = files.STYLE;\n',
);
