import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ROOT } from "test-support/root";

const FENCE = /^```ts (?<file>\S+)\n(?<source>.*?)^```$/gms;

/** The code of docs/elsewhere.md, by the name of the file that a reader puts it into. */
export const FILES: ReadonlyMap<string, string> = new Map(
  [...readFileSync(join(ROOT, "docs/elsewhere.md"), "utf8").matchAll(FENCE)].map(({ groups }) => [
    groups?.file ?? "",
    groups?.source ?? "",
  ]),
);

/** Does what a reader does: copies a file of the page into their project. The port 3000 becomes `port`. */
export async function copyFile(file: string, folder: string, port?: number): Promise<string> {
  const source = FILES.get(file);
  if (source === undefined) throw new Error(`docs/elsewhere.md has no code for ${file}`);
  const path = join(folder, file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, port === undefined ? source : source.replaceAll(/\b3000\b/g, String(port)));
  return path;
}
