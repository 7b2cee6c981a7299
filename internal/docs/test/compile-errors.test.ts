import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { EVENT_TYPES } from "@mintfax-webhooks/core";
import { ROOT } from "test-support/root";
import { expect, test } from "vitest";
import { blockFolder } from "./support/folder.ts";

const TSC = join(
  dirname(createRequire(join(ROOT, "package.json")).resolve("typescript/package.json")),
  "bin/tsc",
);

/** What the compiler says of a program of a user. */
async function compile(source: string): Promise<string> {
  using folder = blockFolder();
  writeFileSync(join(folder.path, "program.ts"), source);
  const settings = { extends: "../../../tsconfig.base.json", include: ["*.ts"] };
  writeFileSync(join(folder.path, "tsconfig.json"), JSON.stringify(settings));
  return await new Promise((resolve) => {
    execFile(process.execPath, [TSC, "-p", folder.path], (_, stdout) => resolve(stdout));
  });
}

test.each([
  ["a receiver", 'import { mintfaxWebhooks as create } from "@mintfax-webhooks/express";'],
  ["a worker", 'import { createWorker as create } from "@mintfax-webhooks/queue";'],
])("the error for a misspelt event of %s lists the right ones", async (_, imported) => {
  const said = await compile(`${imported}\ncreate().on("fax.deliverd", () => {});\n`);
  for (const pattern of [...EVENT_TYPES, "fax.*", "balance.*", "*"]) expect(said).toContain(`"${pattern}"`);
});
