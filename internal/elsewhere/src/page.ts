import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ROOT } from "test-support/root";

const FENCE = /^```ts (?<file>\S+)\n(?<source>.*?)^```$/gms;

/** The code of a page, by the name of the file that a reader puts it into. */
export function filesOf(page: string): ReadonlyMap<string, string> {
  const blocks = [...readFileSync(join(ROOT, page), "utf8").matchAll(FENCE)];
  return new Map(blocks.map(({ groups }) => [groups?.file ?? "", groups?.source ?? ""]));
}

/** The code of docs/elsewhere.md and docs/nestjs.md. */
export const FILES: ReadonlyMap<string, string> = new Map([
  ...filesOf("docs/elsewhere.md"),
  ...filesOf("docs/nestjs.md"),
]);

/** What docs/nestjs.md imports of a reader's application: `orders.service.ts`, beside the files of the page. */
export const ORDERS_SERVICE: string = join(import.meta.dirname, "../nest/orders.service.ts");

/** Does what a reader does: copies a file of the page into their project. The port 3000 becomes `port`. */
export async function copyFile(file: string, folder: string, port?: number): Promise<string> {
  const source = FILES.get(file);
  if (source === undefined) throw new Error(`no page has code for ${file}`);
  const path = join(folder, file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, port === undefined ? source : source.replaceAll(/\b3000\b/g, String(port)));
  return path;
}
