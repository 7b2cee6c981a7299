import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { createMemoryStore, type LeaseStore } from "@mintfax-webhooks/core";
import type { Holder } from "@mintfax-webhooks/core/store";
import { leaseStoreSuite, transactionalStoreSuite } from "@mintfax-webhooks/testing/store-suite";
import { withoutThousands } from "test-support/run-size";
import { SqliteStore } from "test-support/sqlite-store";
import { describe, expect, test } from "vitest";

/** Mistakes that a store may make, each on top of one that makes none. */
const MISTAKES: Readonly<Record<string, (right: LeaseStore) => Partial<LeaseStore>>> = {
  "a lease without end": (right) => ({ claim: (key, owner) => right.claim(key, owner, 1e9) }),
  "a claim that every owner gets": () => ({ claim: () => ({ state: "claimed", fence: 1 }) }),
  "complete that does not look at the owner": (right) => {
    const owners = new Map<number, string>();
    return {
      async claim(key, owner, leaseMs) {
        const claim = await right.claim(key, owner, leaseMs);
        if (claim.state === "claimed") owners.set(claim.fence, owner);
        return claim;
      },
      complete: (key, { owner, fence }) => right.complete(key, { owner: owners.get(fence) ?? owner, fence }),
    };
  },
  "complete that does not look at the fence": (right) => {
    const holders = new Map<string, Holder>();
    return {
      async claim(key, owner, leaseMs) {
        const claim = await right.claim(key, owner, leaseMs);
        if (claim.state === "claimed") holders.set(owner, { owner, fence: claim.fence });
        return claim;
      },
      complete: (key, holder) => right.complete(key, holders.get(holder.owner) ?? holder),
    };
  },
  "complete that is not remembered": (right) => ({ complete: (key, holder) => right.release(key, holder) }),
  "release that counts as done": (right) => ({ release: (key, holder) => right.complete(key, holder) }),
  "renew that does nothing": () => ({ renew: () => "ok" }),
  "forget that does nothing": () => ({ forget: () => "forgotten" }),
  "inspect that claims": (right) => ({
    async inspect(key) {
      const inspection = await right.inspect(key);
      await right.claim(key, "the one who looks", 45_000);
      return inspection;
    },
  }),
  "inspect that renews": (right) => ({
    async inspect(key) {
      const inspection = await right.inspect(key);
      if (inspection.state === "pending" && inspection.fence !== undefined) {
        await right.renew(key, { owner: inspection.owner, fence: inspection.fence }, 45_000);
      }
      return inspection;
    },
  }),
  "inspect that takes a lease that ran out for free": (right) => ({
    async inspect(key) {
      const inspection = await right.inspect(key);
      const isOver = inspection.state === "pending" && (inspection.untilMs ?? 0) <= inspection.nowMs;
      return isOver ? { state: "absent" } : inspection;
    },
  }),
  "inspect that forgets the row where a holder may be told": (right) => ({
    async inspect(key) {
      const inspection = await right.inspect(key);
      return inspection.state === "pending" ? { state: "absent" } : inspection;
    },
  }),
  "inspect without the fence": (right) => ({
    async inspect(key) {
      const { fence: _, ...inspection } = (await right.inspect(key)) as { readonly fence?: number };
      return inspection as never;
    },
  }),
  "inspect with the length of the lease in place of its end": (right) => ({
    async inspect(key) {
      const inspection = await right.inspect(key);
      return inspection.state === "pending" ? { ...inspection, untilMs: 45_000 } : inspection;
    },
  }),
  "inspect with a claim that is to come": (right) => ({
    async inspect(key) {
      const inspection = await right.inspect(key);
      return inspection.state === "pending" ? { ...inspection, claimedMs: inspection.nowMs + 1 } : inspection;
    },
  }),
  "a call that answers nothing": () => ({ renew: () => undefined as never }),
  "ids without regard to case": (right) => ({
    claim: ({ namespace, id }, ...rest) => right.claim({ namespace, id: id.toLowerCase() }, ...rest),
  }),
};

test.each(Object.entries(MISTAKES))("found: %s", async (_, mistake) => {
  const { cases } = leaseStoreSuite({
    name: "mistaken",
    open(options) {
      const right = createMemoryStore(options);
      const store: LeaseStore = {
        kind: "lease",
        claim: (...args) => right.claim(...args),
        renew: (...args) => right.renew(...args),
        complete: (...args) => right.complete(...args),
        release: (...args) => right.release(...args),
        forget: (...args) => right.forget(...args),
        inspect: (...args) => right.inspect(...args),
        ...mistake(right),
      };
      return { store, close() {} };
    },
  });
  const runAll = async () => {
    for (const { run } of cases) await run();
  };
  await expect(runAll()).rejects.toThrow(/expected|still held/);
});

describe("transactions on SQLite", () => {
  const { cases, skipped } = transactionalStoreSuite({
    name: "sqlite",
    open() {
      const folder = mkdtempSync(join(tmpdir(), "store-suite-"));
      const store = new SqliteStore(join(folder, "claims.db"));
      return {
        store,
        write: (tx: DatabaseSync, text) => tx.prepare("INSERT INTO effects VALUES (?)").run(text),
        written: () => store.effects() as string[],
        close: () => rmSync(folder, { recursive: true }),
      };
    },
    unavailable: {
      "no folder": () => {
        const folder = mkdtempSync(join(tmpdir(), "store-suite-"));
        const store = new SqliteStore(join(folder, "claims.db"));
        rmSync(folder, { recursive: true });
        return { store, write() {}, written: () => [], close() {} };
      },
    },
    oneWriter: true,
  });
  // It keeps ids for ever, and takes no option.
  const applicable = withoutThousands(cases).filter(({ name }) => !name.includes("retention of"));
  test.each(applicable)("$name", ({ run }) => run());

  test("the skipped cases are those that do not apply to it", () => {
    expect(skipped).toEqual([
      "sqlite: 100 copies of an event at work do not delay another event (`oneWriter`)",
      "sqlite: a transaction that was left open on the connection is never committed by the store (no `leaveOpen`)",
      "sqlite: a connection that ends under work: nothing is committed, then or later, and the event is free (no `breakOff`)",
      "sqlite: done is remembered for the retention, and not longer (no `elapse`)",
    ]);
  });
});
