import { createTestSender, eventFixture } from "@mintfax-webhooks/testing";
import { type CodeBlock, codeBlocks } from "test-support/code-blocks";
import { HAS_MARIADB, MariadbServer } from "test-support/mariadb-server";
import { PostgresServer } from "test-support/postgres-server";
import { HAS_REDIS } from "test-support/redis-server";
import { startServer, type TestServer } from "test-support/redis-servers";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type BlockFolder, blockFolder, furnish } from "./support/folder.ts";
import { RunningBlock, SECRET } from "./support/running-block.ts";

/** Those that are tests themselves are run by testing-guide.test.ts; those for Workers by workers.test.ts. */
const programs = codeBlocks("ts").filter(
  ({ source }) =>
    !/from "(?:vitest|node:test)"|\b(?:c\.)?env\.[A-Z]/.test(source.replaceAll("process.env", "")),
);
const isServer = ({ source }: CodeBlock): boolean =>
  /\.listen\(|\bserve\(|export default |export const POST/.test(source);

/** What pages say that a block prints, with each delivery of the two below where it is a server. */
const PRINTS: readonly (readonly [page: string, ofBlock: string, printed: string])[] = [
  ["README.md", "app.listen", "order 1042: 7 pages arrived"],
  ["README.md", "app.listen", "order 1042: no_answer, so resubmit_later"],
  ["docs/express.md", "app.listen", "order 1042: 7 pages arrived"],
  ["docs/fastify.md", "console.log(", "order 1042: 7 pages arrived"],
  ["docs/hono.md", "serve(", "order 1042: 7 pages arrived"],
  ["docs/koa.md", "app.listen", "order 1042: 7 pages arrived"],
  ["docs/fetch.md", "export const POST", "order 1042: 7 pages arrived"],
  ["docs/fetch.md", "srvx", "order 1042: 7 pages arrived"],
  ["docs/fetch.md", "handleNodeRequest", "order 1042: 7 pages arrived"],
  ["docs/lambda.md", "createServer", "order 1042: 7 pages arrived"],
  ["docs/going-live.md", "forget(", "absent"],
  ["docs/longer-work.md", "worker.forget(", "absent absent"],
  ["docs/stores.md", "leaseStoreSuite", "ok "],
  ["docs/signature-refused.md", "createServer", "saved"],
  ["packages/diagnose/README.md", "readCapture", "header_missing: The webhook-signature header is missing."],
];

let folder: BlockFolder;
let redis: TestServer;
let postgres: PostgresServer;
let mariadb: MariadbServer | undefined;
beforeAll(async () => {
  folder = blockFolder();
  furnish(folder);
  redis = await startServer();
  postgres = await PostgresServer.start();
  if (HAS_MARIADB) mariadb = await MariadbServer.start();
});
afterAll(async () => {
  folder[Symbol.dispose]();
  await redis.stop();
  await postgres.stop();
  await mariadb?.stop();
});

test("there are programs of every kind of page", () => {
  const pages = new Set(programs.map(({ page }) => page));
  for (const page of ["README.md", "docs/koa.md", "packages/redis/README.md"]) expect(pages).toContain(page);
  expect(programs.filter(isServer).length).toBeGreaterThan(10);
  const unprinted = PRINTS.filter(
    ([page, ofBlock]) => !programs.some((block) => block.page === page && block.source.includes(ofBlock)),
  );
  expect(unprinted).toEqual([]);
});

/** The stand-in for Redis does not know what BullMQ asks of it. */
const needsRedis = ({ source }: CodeBlock): boolean => /from "bullmq"/.test(source);
const needsMariadb = ({ source }: CodeBlock): boolean => /from "mysql2\/promise"/.test(source);

describe.each([
  ["", programs.filter((block) => !needsRedis(block) && !needsMariadb(block)), true],
  [" (needs redis-server)", programs.filter(needsRedis), HAS_REDIS || process.env.CI === "true"],
  [" (needs mariadbd)", programs.filter(needsMariadb), HAS_MARIADB],
] as const)("a program%s", (_, blocks, canRun) => {
  test.runIf(canRun).each(blocks)("$name runs", runs);
});

async function runs(block: CodeBlock): Promise<void> {
  const running = await RunningBlock.start(folder, block, {
    MINTFAX_LIVE_SECRET: SECRET,
    MINTFAX_SANDBOX_SECRET: SECRET,
    REDIS_URL: redis.url,
    DATABASE_URL: postgres.url,
    MYSQL_URL: mariadb?.url ?? "",
    QUEUE_KEY_2026_11: Buffer.alloc(32, 7).toString("base64"),
  });
  onTestFinished(() => running.kill());
  if (isServer(block)) await deliverTo(running.url(), block);
  // A worker may be at work on it still.
  if (isServer(block) && block.source.includes("orders.markSent"))
    await running.prints("orders.markSent 1042 7");
  if (isServer(block) && block.source.includes("orders.markFailed"))
    await running.prints("orders.markFailed 1042 no_answer");
  const code = await running.stop();
  if (block.source.includes("SIGTERM")) expect(code).toBe(0);
  for (const [page, ofBlock, line] of PRINTS) {
    if (page === block.page && block.source.includes(ofBlock)) expect(running.printed).toContain(line);
  }
}

/** What is genuine is answered with 200, and what is not with 400; but for the server that only saves requests. */
async function deliverTo(to: string, { source }: CodeBlock): Promise<void> {
  const [genuine, forged] = source.includes("writeHead(503)") ? [503, 503] : [200, 400];
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
