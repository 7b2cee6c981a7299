import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createPostgresStore } from "@mintfax-webhooks/postgres";
import { eventFixture } from "@mintfax-webhooks/testing";
import { runSize } from "test-support/run-size";
import { beforeAll, expect, test } from "vitest";
import type { CopiesOrder, CopiesReport } from "./support/copies.ts";
import { TestDatabase } from "./support/test-database.ts";

const database = new TestDatabase();
beforeAll(async () => {
  await createPostgresStore({ pool: database.admin }).migrate();
  await database.admin.query("CREATE TABLE ledger (id text, fence bigint, process int)");
});

const PROCESSES = 4;
const COPIES = runSize(1_600, 10_000);

async function message(child: ChildProcess): Promise<unknown> {
  const [value] = await once(child, "message");
  return value;
}

test.each(["lease", "transactional"] as const)(
  `%s: ${COPIES} copies of an event over 4 processes: one handler run`,
  async (mode) => {
    const event = eventFixture("balance.low");
    const children = Array.from({ length: PROCESSES }, () =>
      fork(join(import.meta.dirname, "support/copies.ts"), { execArgv: ["--conditions=source"] }),
    );
    const order: CopiesOrder = { url: database.url, mode, event, copies: COPIES / PROCESSES };
    await Promise.all(
      children.map((child) => {
        child.send(order);
        return message(child);
      }),
    );
    const reports = children.map((child) => message(child) as Promise<CopiesReport>);
    for (const child of children) child.send("go");
    const total: Record<string, number> = {};
    for (const report of await Promise.all(reports)) {
      for (const [outcome, count] of Object.entries(report)) total[outcome] = (total[outcome] ?? 0) + count;
    }
    const { busy = 0, duplicate = 0, ...others } = total;
    expect(others).toEqual({ processed: 1 });
    expect(busy).toBeGreaterThanOrEqual(COPIES / PROCESSES / 4 - 1);
    expect(busy + duplicate).toBe(COPIES - 1);
    expect((await database.admin.query("SELECT id FROM ledger WHERE id = $1", [event.id])).rows).toHaveLength(
      1,
    );
  },
  // To end what hangs.
  300_000,
);
