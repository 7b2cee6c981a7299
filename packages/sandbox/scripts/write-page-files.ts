/** Writes the page's files for the published package, in both kinds of modules. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { SCRIPT, STYLE } from "./page-files.ts";

const dist = join(import.meta.dirname, "../dist");
const texts = { SCRIPT: JSON.stringify(SCRIPT), STYLE: JSON.stringify(STYLE) };
writeFileSync(
  join(dist, "page-files.js"),
  `export const SCRIPT = ${texts.SCRIPT};\nexport const STYLE = ${texts.STYLE};\n`,
);
writeFileSync(
  join(dist, "page-files.cjs"),
  `exports.SCRIPT = ${texts.SCRIPT};\nexports.STYLE = ${texts.STYLE};\n`,
);
