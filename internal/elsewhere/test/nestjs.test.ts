import { execFileSync } from "node:child_process";
import { copyFile as copy, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { freePort } from "test-support/free-port";
import { expect, onTestFinished, test } from "vitest";
import { AppProcess } from "../src/app-process.ts";
import { HANDLED, sendAll, USUAL_ANSWERS } from "../src/deliveries.ts";
import { copyFile, filesOf, ORDERS_SERVICE } from "../src/page.ts";

const PACKAGE = join(import.meta.dirname, "..");
const TSC = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");
const PROGRAM = ["src/main.ts", "src/app.module.ts", "src/fax.service.ts"];

/** Copies the program of docs/nestjs.md, compiles it as Nest's users do, and runs it. */
async function run(changes: Readonly<Record<string, readonly [written: string, instead: string][]>> = {}) {
  const folder = await mkdtemp(join(PACKAGE, ".reader-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const port = await freePort();
  for (const file of PROGRAM) {
    const path = await copyFile(file, folder, port);
    let source = await readFile(path, "utf8");
    for (const [written, instead] of changes[file] ?? []) {
      expect(source).toContain(written);
      source = source.replace(written, instead);
    }
    await writeFile(path, source);
  }
  await copy(ORDERS_SERVICE, join(folder, "src/orders.service.ts"));
  await copy(join(PACKAGE, "nest/tsconfig.json"), join(folder, "tsconfig.json"));
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  execFileSync(process.execPath, [TSC, "-p", folder], { stdio: "inherit" });
  const program = ["--conditions=source", "src/main.js"];
  const app = await AppProcess.start(process.execPath, program, { cwd: folder, port });
  onTestFinished(() => app[Symbol.asyncDispose]());
  return { app, origin: `http://127.0.0.1:${port}` };
}

const WITH_ECHO: readonly [string, string][] = [
  ["import { OrdersService }", "import { EchoController, OrdersService }"],
  ["providers:", "controllers: [EchoController], providers:"],
];
const ON_FASTIFY: readonly [string, string][] = [
  ["async function", 'import { FastifyAdapter } from "@nestjs/platform-fastify";\nasync function'],
  ["create(AppModule)", "create(AppModule, new FastifyAdapter())"],
];

test.each([
  ["Express", []],
  ["Fastify", ON_FASTIFY],
])(
  "the program of docs/nestjs.md gives the usual answers on %s, and other routes keep their bodies",
  async (_, main) => {
    const { app, origin } = await run({
      "src/main.ts": [...main],
      "src/app.module.ts": [...WITH_ECHO],
    });
    expect(await sendAll(`${origin}/webhooks/mintfax`)).toEqual(USUAL_ANSWERS);
    expect(app.handled).toEqual(HANDLED);
    const headers = { "content-type": "application/json" };
    const echo = await fetch(`${origin}/echo`, { method: "POST", headers, body: `{ "fax":  1 }` });
    expect(await echo.text()).toBe(`{"fax":1}`);
  },
);

test("the README of the package has the same files as docs/nestjs.md", () => {
  const page = filesOf("docs/nestjs.md");
  const readme = filesOf("packages/nestjs/README.md");
  expect([...readme.keys()]).toEqual(["src/fax.service.ts", "src/app.module.ts"]);
  for (const [file, source] of readme) expect(source).toBe(page.get(file));
});
