import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { CatchUpOptions } from "@mintfax-webhooks/catch-up";
import { startInWorkerd } from "conformance/targets/support/workerd";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Answering, API_KEY, ENDPOINT, environment, failedAttempt, oddApi } from "./support/api.ts";
import { resultOf } from "./worker/catch-up-in-worker.ts";

const WORKER = join(import.meta.dirname, "worker");
const MODULES = join(import.meta.dirname, "../node_modules");

let workerd: Awaited<ReturnType<typeof startInWorkerd>>;
beforeAll(async () => {
  workerd = await startInWorkerd(join(WORKER, "catch-up-in-worker.ts"));
});
afterAll(() => workerd.stop());

function inProcess(
  program: string,
  ...args: readonly string[]
): (options: CatchUpOptions) => Promise<unknown> {
  return async (options) => {
    const script = join(WORKER, "catch-up-in-process.ts");
    const { stdout } = await promisify(execFile)(program, [...args, script, JSON.stringify(options)]);
    return JSON.parse(stdout);
  };
}

/** The programs themselves: what pnpm puts in their place keeps signals to itself. */
const BUN = join(MODULES, "bun/bin/bun.exe");
const DENO = join(MODULES, "deno/deno");
const RUNTIMES: readonly [string, (options: CatchUpOptions) => Promise<unknown>][] = [
  [
    "workerd without nodejs_compat",
    async (options) =>
      (await fetch(workerd.origin, { method: "POST", body: JSON.stringify(options) })).json(),
  ],
  ["Bun", inProcess(BUN, "--conditions=source")],
  ["Deno", inProcess(DENO, "run", "--conditions=source", "--allow-all", "--no-remote")],
];

const CASES: readonly [string, () => Answering, Partial<CatchUpOptions>][] = [
  [
    "events that get through, and one that does not",
    () =>
      environment(
        [1, 2, 3, 4].map((event) => failedAttempt(event)),
        (id) => (id === "evt_3" ? "fails" : "succeeds"),
      ),
    {},
  ],
  [
    "a redirect",
    () =>
      ({ response }) =>
        void response.writeHead(302, { location: "https://elsewhere.example/" }).end(),
    {},
  ],
  [
    "an answer that hangs in its body",
    () =>
      ({ response }) => {
        response.writeHead(200, { "content-type": "application/json" });
        response.write('{"data":[');
      },
    { timeoutMs: 50 },
  ],
  [
    "an answer without end",
    () =>
      ({ response }) => {
        const write = (): void => {
          if (!response.destroyed) response.write(Buffer.alloc(1024 * 1024, " "), () => setImmediate(write));
        };
        response.on("error", () => {});
        write();
      },
    {},
  ],
  [
    "a page of a proxy",
    () =>
      ({ response }) =>
        void response.writeHead(200, { "content-type": "text/html" }).end("<html>"),
    {},
  ],
  [
    "a key that is refused",
    () =>
      ({ response }) =>
        void response.writeHead(401).end(),
    {},
  ],
  ["an account key", () => environment([]), { apiKey: "mfx_acct_1234567890" }],
];

describe.each(RUNTIMES)("%s", (_, run) => {
  test.each(CASES)("does with %s what Node does", async (_case, answering, options) => {
    const there = await oddApi(answering());
    const here = await oddApi(answering());
    const common = { endpoint: ENDPOINT, apiKey: API_KEY, requestsPerMinute: 100_000, ...options };
    const result = await run({ ...common, baseUrl: there.url });
    expect(result).toEqual(JSON.parse(JSON.stringify(await resultOf({ ...common, baseUrl: here.url }))));
    expect(there.requests.toSorted()).toEqual(here.requests.toSorted());
  });
});
