import { PostgresServer } from "test-support/postgres-server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cli } from "./support/cli.ts";
import { type Engine, graphileWorkerEngine, park } from "./support/parking.ts";
import { cliAtTerminal, describeAtTerminal } from "./support/terminal.ts";

const PASSWORD = "s3cret-p@ss";

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

describeAtTerminal("drop --all at a terminal", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await graphileWorkerEngine();
  });
  afterAll(() => engine.stop());

  test.each([
    ["nothing", "\r", 2, "Nothing was changed."],
    ["Ctrl-C", "\u0003", 2, "Nothing was changed."],
    ["Ctrl-D", "\u0004", 2, "Nothing was changed."],
    ["y", "y\r", 0, "1 message deleted."],
  ])("answered with %s", async (_, keys, code, text) => {
    if ((await engine.parked.list()).length === 0) await park(engine, ["evt_8aZqRm4yT3vK7pNxJ2bH9c"]);
    const finished = await cliAtTerminal(["parked", "drop", "--all", "--engine", "graphile-worker"], {
      env: { MINTFAX_QUEUE_URL: engine.url },
      when: ["[y/N] ", (type) => type(keys)],
    });
    expect(finished).toMatchObject({ code, text: expect.stringContaining(text) });
    expect(await engine.parked.list()).toHaveLength(code === 0 ? 0 : 1);
  });
});

test.each([
  ["graphile-worker", "npx graphile-worker --schema-only"],
  ["pg-boss", "pg-boss's tables are not in this database"],
])("%s without its tables: exit code 2, and what to do", async (engine, text) => {
  const server = await PostgresServer.start();
  const { code, stderr } = await cli(["parked", "list", "--url", server.url, "--engine", engine]);
  await server.stop();
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(text) });
});

test.each([
  ["neither names nor --all", []],
  ["both", ["evt_8aZqRm4yT3vK7pNxJ2bH9c", "--all"]],
])("drop with %s: exit code 2, before anything is connected to", async (_, args) => {
  const { code, stderr } = await cli(["parked", "drop", ...args], { env: {} });
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("Which messages?") });
});
