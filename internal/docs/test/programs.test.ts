import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { createTestSender, eventFixture } from "@mintfax-webhooks/testing";
import { type CodeBlock, codeBlocks } from "test-support/code-blocks";
import { freePort } from "test-support/free-port";
import { PostgresServer } from "test-support/postgres-server";
import { startServer, type TestServer } from "test-support/redis-servers";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { type BlockFolder, blockFolder, furnish } from "./support/folder.ts";

const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";
const RUN_BLOCK = join(import.meta.dirname, "support/run-block.ts");

/** Those that are tests themselves are run by testing-guide.test.ts; those for Workers by workers.test.ts. */
const programs = codeBlocks("ts").filter(
  ({ source }) =>
    !/from "(?:vitest|node:test)"|\b(?:c\.)?env\.[A-Z]/.test(source.replaceAll("process.env", "")),
);
const isServer = ({ source }: CodeBlock): boolean =>
  /\.listen\(|export default |export const POST/.test(source);

/** What pages say that a block prints, with each delivery of the two below where it is a server. */
const PRINTS: readonly (readonly [page: string, ofBlock: string, printed: string])[] = [
  ["README.md", "app.listen", "order 1042: 7 pages arrived"],
  ["README.md", "app.listen", "order 1042: no_answer, so resubmit_later"],
  ["docs/going-live.md", "forget(", "absent"],
  ["docs/stores.md", "leaseStoreSuite", "ok "],
  ["docs/signature-refused.md", "createServer", "saved"],
  ["packages/diagnose/README.md", "readCapture", "header_missing: The webhook-signature header is missing."],
];

let folder: BlockFolder;
let redis: TestServer;
let postgres: PostgresServer;
beforeAll(async () => {
  folder = blockFolder();
  furnish(folder);
  redis = await startServer();
  postgres = await PostgresServer.start();
});
afterAll(async () => {
  folder[Symbol.dispose]();
  await redis.stop();
  await postgres.stop();
});

test("there are programs of every kind of page", () => {
  const pages = new Set(programs.map(({ page }) => page));
  for (const page of ["README.md", "docs/koa.md", "packages/redis/README.md"]) expect(pages).toContain(page);
  expect(programs.filter(isServer).length).toBeGreaterThan(10);
});

test.each(programs)("$name runs", async (block) => {
  const port = await freePort();
  const file = join(folder.path, block.name);
  writeFileSync(file, block.source.replaceAll(/\b3000\b/g, String(port)));
  const child = spawn(process.execPath, ["--conditions=source", RUN_BLOCK, file, String(port)], {
    cwd: folder.path,
    env: {
      ...process.env,
      MINTFAX_WEBHOOK_SECRET: SECRET,
      MINTFAX_LIVE_SECRET: SECRET,
      MINTFAX_SANDBOX_SECRET: SECRET,
      REDIS_URL: redis.url,
      DATABASE_URL: postgres.url,
    },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const printed = Promise.all([child.stdout, child.stderr].map((stream) => (stream ? text(stream) : "")));
  const closed = once(child, "close");
  const ran = await Promise.race([once(child, "message").then(([message]) => message), closed]);
  expect(ran, String(await (ran === "ran" ? "" : printed))).toBe("ran");
  if (isServer(block)) await deliverTo(port, block);
  child.kill("SIGTERM");
  const [code] = await closed;
  if (block.source.includes("SIGTERM")) expect(code).toBe(0);
  const [output] = await printed;
  for (const [page, ofBlock, line] of PRINTS) {
    if (page === block.page && block.source.includes(ofBlock)) expect(output).toContain(line);
  }
  if (!isServer(block)) return;
  if (block.source.includes("orders.markSent")) expect(output).toContain("orders.markSent 1042 7");
  if (block.source.includes("orders.markFailed"))
    expect(output).toContain("orders.markFailed 1042 no_answer");
});

/** What is genuine is answered with 200, and what is not with 400; but for the server that only saves requests. */
async function deliverTo(port: number, { source }: CodeBlock): Promise<void> {
  const [genuine, forged] = source.includes("writeHead(503)") ? [503, 503] : [200, 400];
  const to = `http://127.0.0.1:${port}/webhooks/mintfax`;
  const object = { tags: { order: "1042" } };
  const events = [
    eventFixture("fax.delivered", { data: { object: { ...object, pages: 7 } } }),
    eventFixture("fax.failed", { data: { object: { ...object, error_code: "no_answer" } } }),
  ];
  for (const event of events) {
    expect((await createTestSender({ secret: SECRET, to }).attempt(event)).status).toBe(genuine);
    const forger = createTestSender({ secret: "whsec_b3RoZXItb3RoZXItb3RoZXItb3RoZXIt", to });
    expect((await forger.attempt(event)).status).toBe(forged);
  }
}
