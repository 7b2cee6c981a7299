import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "test-support/free-port";
import { expect, test } from "vitest";
import { AppProcess, ORDERS } from "../src/app-process.ts";
import { HANDLED, sendAll, sendOne, USUAL_ANSWERS } from "../src/deliveries.ts";
import { copyFile } from "../src/page.ts";

const PACKAGE = join(import.meta.dirname, "..");
const MODULES = join(PACKAGE, "node_modules");
const own = (file: string): string => join(PACKAGE, "src", file);

const BUN = [join(MODULES, "bun/bin/bun.exe"), "--conditions=source", "--preload", ORDERS];
const NODE = [process.execPath, "--conditions=source", "--import", ORDERS];
const FUNCTIONS_FRAMEWORK = join(MODULES, "@google-cloud/functions-framework/build/src/main.js");

type Command = (file: string, port: number) => readonly string[];

const itself: Command = (file) => [...NODE, file];
const onPlatform: Command = (file, port) => [...NODE, own("serve-function.ts"), file, String(port)];

/** By file of the page: how a reader runs it. */
const COMMANDS: Readonly<Record<string, Command>> = {
  "h3.ts": itself,
  "restify.ts": itself,
  "api/webhooks/mintfax.ts": onPlatform,
  "azure-functions/mintfax.ts": onPlatform,
  "cloud-functions/index.ts": () => [...NODE, FUNCTIONS_FRAMEWORK, "--target=mintfax"],
  "elysia.ts": (file) => [...BUN, file],
};

interface Running extends AsyncDisposable {
  readonly app: AppProcess;
  readonly url: string;
}

/** Runs a file in a folder of its own inside the package, so that it finds the packages. */
async function start(command: Command, file: string, folder: string, port: number): Promise<Running> {
  const [program = "", ...args] = command(file, port);
  const remove = (): Promise<void> => rm(folder, { recursive: true });
  const starting = AppProcess.start(program, args, { cwd: folder, port });
  const app = await starting.catch(async (error) => {
    await remove();
    throw error;
  });
  return {
    app,
    url: `http://127.0.0.1:${port}/webhooks/mintfax`,
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]();
      await remove();
    },
  };
}

const newFolder = (): Promise<string> => mkdtemp(join(PACKAGE, ".reader-"));

/** Copies a file of the page into a project, with or without a mistake, and runs it. */
async function runPage(
  file: string,
  mistake?: readonly [written: string, instead: string],
): Promise<Running> {
  const [folder, port] = [await newFolder(), await freePort()];
  const copy = await copyFile(file, folder, port);
  if (mistake !== undefined) {
    const source = await readFile(copy, "utf8");
    expect(source).toContain(mistake[0]);
    await writeFile(copy, source.replace(...mistake));
  }
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module", main: file }));
  return start(COMMANDS[file] ?? itself, copy, folder, port);
}

test.concurrent.each(Object.keys(COMMANDS))(
  "%s of docs/elsewhere.md gives the usual answers",
  async (file) => {
    await using running = await runPage(file);
    expect(await sendAll(running.url)).toEqual(USUAL_ANSWERS);
    expect(running.app.handled).toEqual(HANDLED);
  },
);

const READS_BODY = `.use(async (event, next) => {
  await event.req.json();
  return next();
}).post(`;

/** By file of the page: what its text warns of. */
const MISTAKES: Readonly<Record<string, readonly [written: string, instead: string]>> = {
  "h3.ts": [".post(", READS_BODY],
  "restify.ts": ["server.post(", "server.use(restify.plugins.bodyParser());\nserver.post("],
  "azure-functions/mintfax.ts": [
    "webhooks(request as unknown as Request)",
    "request.json().then(() => webhooks(request as unknown as Request))",
  ],
  "elysia.ts": [
    '({ request }) => webhooks(request), { parse: "none" }',
    "({ request, body }) => webhooks(request, body)",
  ],
};

test.concurrent.each(Object.entries(MISTAKES))(
  "%s of docs/elsewhere.md with a parser in front is told that the body was parsed",
  async (file, mistake) => {
    await using running = await runPage(file, mistake);
    expect(await sendOne(running.url)).toBe("500 body_already_parsed");
    expect(running.app.handled).toEqual([]);
  },
);

test.concurrent("a body parser that restify uses behind the route reads the body too", async () => {
  const last = "server.listen(";
  const parsed = `server.use(restify.plugins.bodyParser());\n${last}`;
  await using running = await runPage("restify.ts", [last, parsed]);
  expect(await sendOne(running.url)).toBe("500 body_already_parsed");
});

test.concurrent("a body parser that restify has on another route leaves the receiver's alone", async () => {
  const last = "server.listen(";
  const parsed = `server.post("/orders", restify.plugins.bodyParser(), (req, res, next) => next());\n${last}`;
  await using running = await runPage("restify.ts", [last, parsed]);
  expect(await sendAll(running.url)).toEqual(USUAL_ANSWERS);
});
