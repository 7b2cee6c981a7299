import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type AddressInfo, createServer } from "node:net";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { createTestSender, eventFixture } from "@mintfax-webhooks/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { codeBlocks, ROOT } from "./code-blocks.ts";

const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";
const TSC = join(
  dirname(createRequire(join(ROOT, "package.json")).resolve("typescript/package.json")),
  "bin/tsc",
);
const blocks = codeBlocks();
let folder: string;

// Inside the tree, so that the blocks find the packages as a reader's file would.
beforeAll(() => {
  folder = mkdtempSync(join(ROOT, "docs/.blocks-"));
  for (const { name, source } of blocks) writeFileSync(join(folder, name), source);
  copyFileSync(join(ROOT, "docs/test/ambient.d.ts"), join(folder, "ambient.d.ts"));
  const compilerOptions = { isolatedDeclarations: false, declaration: false, moduleDetection: "force" };
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ extends: "../../tsconfig.base.json", compilerOptions, include: ["*.ts"] }),
  );
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test("there are blocks to check", () => {
  expect(blocks.map(({ page }) => page)).toContain("README.md");
});

test("every TypeScript block of README and guides compiles", async () => {
  const output = await new Promise<string>((resolve) =>
    execFile(process.execPath, [TSC, "-p", folder], (_, stdout, stderr) => resolve(stdout + stderr)),
  );
  expect(output).toBe("");
}, 60_000);

test("the README's Express server runs", async () => {
  const block = blocks.find(({ page, source }) => page === "README.md" && source.includes("app.listen"));
  if (block === undefined) throw new Error("the README has no Express server");
  const port = await freePort();
  const server = spawn(process.execPath, ["--conditions=source", join(folder, block.name)], {
    env: { ...process.env, PORT: String(port), MINTFAX_WEBHOOK_SECRET: SECRET },
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const printed = once(createInterface(server.stdout), "line");
    // The first attempts find nobody listening yet; a sender like mintfax's tries again.
    const sender = createTestSender({
      secret: SECRET,
      to: `http://127.0.0.1:${port}/webhooks/mintfax`,
      timeScale: 0.02,
    });
    const tags = { order: "1042" };
    const { accepted } = await sender.deliver(
      eventFixture("fax.delivered", { data: { object: { tags, pages: 7 } } }),
    );
    expect(accepted).toBe(true);
    expect((await printed)[0]).toBe("order 1042: 7 pages arrived");
    const forgery = createTestSender({
      secret: "whsec_b3RoZXItb3RoZXItb3RoZXItb3RoZXIt",
      to: `http://127.0.0.1:${port}/webhooks/mintfax`,
    });
    expect((await forgery.attempt(eventFixture("fax.delivered"))).status).toBe(400);
  } finally {
    server.kill();
  }
}, 60_000);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
