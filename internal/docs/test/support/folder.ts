import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { codeBlocks } from "test-support/code-blocks";
import { ROOT } from "test-support/root";

/** A folder for blocks, inside the tree, so that they find the packages as a reader's file would. */
export interface BlockFolder extends Disposable {
  readonly path: string;
}

export function blockFolder(): BlockFolder {
  const path = mkdtempSync(join(ROOT, "internal/docs/.blocks-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

const FUNCTION_TYPES = `export declare const handler: import("@mintfax-webhooks/lambda").LambdaHandler;\n`;
const PRISMA = join(ROOT, "packages/postgres/test/support/prisma/generated/client.js");

/** What a reader has beside a block: an application, the client that Prisma has generated, and the function of docs/lambda.md. */
export function furnish({ path }: BlockFolder): void {
  copyFileSync(join(ROOT, "internal/docs/test/ambient.d.ts"), join(path, "ambient.d.ts"));
  mkdirSync(join(path, "generated/prisma"), { recursive: true });
  writeFileSync(join(path, "generated/prisma/client.ts"), `export type * from "${PRISMA}";\n`);
  const [lambda] = codeBlocks("ts").filter(({ page }) => page === "docs/lambda.md");
  writeFileSync(join(path, "function.mjs"), lambda?.source ?? "");
  writeFileSync(join(path, "function.d.mts"), FUNCTION_TYPES);
}
