import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSqliteStore } from "@mintfax-webhooks/sqlite";
import { freePort } from "test-support/free-port";
import { SECRET as PUBLISHED } from "test-support/receiving";
import { HAS_REDIS, RedisServer } from "test-support/redis-server";
import { describe, expect, onTestFinished, test } from "vitest";
import { cli, emptyDirectory, SECRET } from "./support/cli.ts";
import { doctor, receiver, serving } from "./support/doctor.ts";
import { cliAtTerminal, describeAtTerminal } from "./support/terminal.ts";

const ANOTHER_SECRET = `whsec_${Buffer.from("a secret of one endpoint").toString("base64")}`;

describe("doctor looks at the secret:", () => {
  test.each([
    ["a good one", SECRET.replace("whsec_", "whsec_"), "secret true"],
    ["a rotation", `${SECRET} ${ANOTHER_SECRET}\n`, "secret true"],
    ["an API key in its place", "mfx_live_8aZqRm4yT3vK7pNxJ2bH9c", "secret false"],
    ["a public key in its place", "whpk_bWludGZheC1jbGktdGVzdC1zZWNyZXQtMjRieXQ=", "secret false"],
    ["one that was cut when it was copied", "whsec_bWludGZheC1j", "secret false"],
    ["one of the old signatures", "whsec_test_3JzE9rYNm2VbQ8P6KxLf1WdGa4Tc", "secret false"],
    ["one that documentation publishes", PUBLISHED, "secret false"],
    ["a rotation to the same", `${SECRET} ${SECRET}`, "secret false"],
  ])("%s", async (_, secret, code) => {
    const { codes, stdout } = await doctor([], { MINTFAX_WEBHOOK_SECRET: secret });
    expect(codes).toEqual([code]);
    for (const each of secret.trim().split(" ")) expect(stdout).not.toContain(each);
  });
});

describe("doctor looks at a store:", () => {
  test("an SQLite file is green, and red without its index", async () => {
    const file = join(emptyDirectory(), "webhooks.db");
    createSqliteStore(file).close();
    const good = await doctor(["--store", file]);
    expect(good.codes.slice(0, 3)).toEqual([
      "sqlite_writable true",
      "sqlite_table true",
      "sqlite_durability true",
    ]);
    execFileSync(process.execPath, [
      "-e",
      `new (require("node:sqlite").DatabaseSync)(${JSON.stringify(file)}).exec("DROP INDEX mintfax_dedup_expires")`,
    ]);
    expect((await doctor(["--store", file])).codes).toContain("sqlite_table false");
  });

  test("a file that is not there is red, and is not created", async () => {
    const { codes } = await doctor(["--store", join(emptyDirectory(), "missing.db")]);
    expect(codes).toEqual(["store_opened false"]);
  });

  test.each(["postgres", "mysql", "redis"])(
    "%s that is unreachable is red, and the password is not printed",
    async (scheme) => {
      const url = `${scheme}://clinic:s3cret@127.0.0.1:${await freePort()}/0`;
      const { codes, stdout } = await doctor([], { MINTFAX_STORE_URL: url });
      expect(codes).toHaveLength(1);
      expect(codes[0]).toMatch(/^(store_opened|postgres_reachable|mysql_reachable) false$/);
      // Words for an operator, not where in our files an error was made.
      expect(stdout).not.toMatch(/Error\b.*:| at \S+:\d+:\d+/);
      expect(stdout).toContain("ECONNREFUSED");
      expect(stdout).not.toContain("s3cret");
    },
  );

  test.runIf(HAS_REDIS)("a Redis that evicts keys is red (needs redis-server)", async () => {
    const redis = await RedisServer.start(
      "--appendonly",
      "yes",
      "--maxmemory",
      "1gb",
      "--maxmemory-policy",
      "allkeys-lru",
    );
    onTestFinished(() => redis.stop());
    const { codes } = await doctor(["--store", redis.url]);
    expect(codes.filter((code) => code.endsWith("false"))).toEqual(["redis_eviction false"]);
  });
});

describe("doctor looks at a receiver:", () => {
  test("one of this library is green, and the forged delivery reaches no handler", async () => {
    const { app, handler } = receiver();
    const { codes } = await doctor(["--to", await serving(app)]);
    expect(codes).toEqual([
      "receiver_reachable true",
      "receiver_path true",
      "receiver_verifies true",
      "clock true",
    ]);
    expect(handler).not.toHaveBeenCalled();
  });
});

test("with nothing to look at, it exits with 2 and says what to pass", async () => {
  const { code, stdout, stderr } = await cli(["doctor"], { env: {} });
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain("Pass --store, --to or --secret-file");
});

test("a secret in the arguments is refused, and not repeated", async () => {
  const { code, stderr } = await cli(["doctor", "--secret", SECRET]);
  expect(code).toBe(2);
  expect(stderr).not.toContain(SECRET);
});

test("in text, each red line has its code and its fix, and a server's text cannot forge a line", async () => {
  const cwd = emptyDirectory();
  writeFileSync(join(cwd, ".env"), `MINTFAX_WEBHOOK_SECRET=${SECRET}\n`);
  const to = await serving((_req, res) => res.writeHead(308, { location: "/a%0A%E2%9C%93" }).end());
  const { code, stdout } = await cli(["doctor", "--to", to], { cwd, env: {} });
  expect(code).toBe(1);
  expect(stdout).toMatch(/^secret\n✓ MINTFAX_WEBHOOK_SECRET in \.env: Signing secrets: 1\.\n\nreceiver\n✓ /);
  expect(stdout).toMatch(/\n✗ POST .*\n?.*\[receiver_path\]\n {4}fix: /);
  expect(stdout).toMatch(
    /\n✗ 3 of 4 green, 1 that stop deliveries \(✗\), 0 that\s+can lose or repeat one \(!\)\n$/,
  );
});

describeAtTerminal("doctor at a terminal", () => {
  test.each([40, 80, 120])(
    "of %i columns: no line is longer, but for a word that cannot be broken",
    async (columns) => {
      const { text } = await cliAtTerminal(
        ["doctor", "--to", await serving((_req, res) => res.writeHead(404).end())],
        {
          columns,
          env: { MINTFAX_WEBHOOK_SECRET: PUBLISHED },
        },
      );
      const long = text.split("\n").filter((line) => line.trimEnd().length > columns);
      expect(long.filter((line) => line.trim().includes(" "))).toEqual([]);
      expect(text).toContain("[receiver_path]");
    },
  );
});
