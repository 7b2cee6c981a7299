import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, createClient } from "@libsql/client";
import type { LeaseStore } from "@mintfax-webhooks/core";
import { createSqliteStore } from "@mintfax-webhooks/sqlite";
import { leaseStoreSuite } from "@mintfax-webhooks/testing/store-suite";
import { freePort } from "test-support/free-port";
import { SQLD } from "test-support/sqld";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";

interface Opened {
  readonly store: LeaseStore;
  readonly client: Client;
  close(): void;
}

describe.skipIf(SQLD === undefined && process.env.CI !== "true")("a server of libSQL", () => {
  let folder: string;
  let url: string;
  let server: ChildProcess;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "mintfax-sqld-"));
    const address = `127.0.0.1:${await freePort()}`;
    url = `http://${address}`;
    server = spawn(
      SQLD as string,
      ["--db-path", join(folder, "data"), "--http-listen-addr", address, "--no-welcome"],
      {
        cwd: folder,
        stdio: "ignore",
      },
    );
    const isUp = () =>
      fetch(`${url}/health`).then(
        ({ ok }) => ok,
        () => false,
      );
    await vi.waitUntil(isUp, { timeout: 30_000, interval: 50 });
  });
  afterAll(async () => {
    const ended = once(server, "exit");
    server.kill("SIGKILL");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });

  const open = (to: string, options: { retentionMs?: number; timeoutMs?: number }): Opened => {
    const client = createClient({ url: to });
    try {
      const store = createSqliteStore({ database: client, ...options });
      return { store, client, close: () => client.close() };
    } catch (error) {
      client.close();
      throw error;
    }
  };

  const { cases, skipped } = leaseStoreSuite<Opened>({
    name: "libsql",
    async open(options) {
      const opened = open(url, { timeoutMs: 5_000, ...options });
      await opened.client.execute("DROP TABLE IF EXISTS mintfax_dedup");
      return opened;
    },
    elapse: (ms, { client }) =>
      client.execute(
        `UPDATE mintfax_dedup SET lease_until_ms = lease_until_ms - ${ms}, expires_ms = expires_ms - ${ms}`,
      ),
    wipe: ({ client }) => client.execute("DELETE FROM mintfax_dedup"),
    unavailable: {
      "a closed port": async () => open(`http://127.0.0.1:${await freePort()}`, { timeoutMs: 300 }),
      async "the server has stopped"() {
        const opened = open(url, { timeoutMs: 300 });
        server.kill("SIGSTOP");
        return {
          ...opened,
          close() {
            server.kill("SIGCONT");
            opened.close();
          },
        };
      },
    },
  });
  test.each(cases)("$name", ({ run }) => run());

  test("a check is green, compares the clocks, and is red without the table", async () => {
    const { store, client, close } = open(url, {});
    onTestFinished(close);
    await client.execute("DROP TABLE IF EXISTS mintfax_dedup");
    const codes = async () => (await store.check?.())?.map(({ code, ok }) => [code, ok]);
    expect(await codes()).toEqual([
      ["sqlite_writable", true],
      ["sqlite_table", true],
      ["clock", true],
    ]);
    await client.execute("DROP TABLE mintfax_dedup");
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 60_000 });
    onTestFinished(() => void vi.useRealTimers());
    expect(await codes()).toEqual([
      ["sqlite_writable", true],
      ["sqlite_table", false],
      ["clock", false],
    ]);
  });

  test("nothing is left out", () => {
    expect(skipped).toEqual([]);
  });
});
