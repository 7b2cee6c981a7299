import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "test-support/root";

/** A folder for blocks, inside the tree, so that they find the packages as a reader's file would. */
export interface BlockFolder extends Disposable {
  readonly path: string;
}

export function blockFolder(): BlockFolder {
  const path = mkdtempSync(join(ROOT, "internal/docs/.blocks-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

const PRISMA = join(ROOT, "packages/postgres/test/support/prisma/generated/client.js");

/** What a reader has beside a block: an application, and the client that Prisma has generated. */
export function furnish({ path }: BlockFolder): void {
  copyFileSync(join(ROOT, "internal/docs/test/ambient.d.ts"), join(path, "ambient.d.ts"));
  mkdirSync(join(path, "generated/prisma"), { recursive: true });
  writeFileSync(join(path, "generated/prisma/client.ts"), `export type * from "${PRISMA}";\n`);
}
