import { PostgresServer } from "test-support/postgres-server";
import { describe, expect, test } from "vitest";
import { cli } from "./support/cli.ts";
import { testParked } from "./support/parked-suite.ts";
import { graphileWorkerEngine } from "./support/parking.ts";

const PASSWORD = "s3cret-p@ss";

testParked("graphile-worker", graphileWorkerEngine);

describe("without a queue", () => {
  test.each([
    ["no URL", [], "Set MINTFAX_QUEUE_URL"],
    ["a URL of another kind", ["--url", `amqp://u:${PASSWORD}@h`], "is not a URL of the form"],
    [
      "PostgreSQL without an engine",
      ["--url", "postgres://h/d"],
      "--engine pg-boss or --engine graphile-worker",
    ],
    ["Redis with pg-boss", ["--url", "redis://h", "--engine", "pg-boss"], "do not match"],
    ["an engine that there is not", ["--engine", "bull"], "--engine"],
    ["a malformed URL", ["--url", `postgres://u:${PASSWORD}@h:x/d`, "--engine", "graphile-worker"], ""],
    ["a URL in the wrong place", [`--rul=redis://u:${PASSWORD}@h`], "--rul"],
    ["Redis with a schema", ["--url", "redis://h", "--schema", "s"], "--schema is for PostgreSQL"],
    [
      "PostgreSQL with a prefix",
      ["--url", "postgres://h/d", "--engine", "pg-boss", "--prefix", "p"],
      "--prefix",
    ],
  ])("%s: exit code 2, what to do, and no password", async (_, args, text) => {
    const { code, stdout, stderr } = await cli(["parked", "list", ...args], { env: {} });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(text);
    expect(stderr).not.toContain("s3cret");
    expect(stderr).not.toMatch(/^ +at /m);
  });
});

test("graphile-worker's missing tables: exit code 2, and how to make them", async () => {
  const server = await PostgresServer.start();
  const { code, stderr } = await cli(["parked", "list", "--url", server.url, "--engine", "graphile-worker"]);
  await server.stop();
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringContaining("npx graphile-worker --schema-only"),
  });
});
