import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { Doings } from "../src/faults/conductor/doings.ts";
import { judge } from "../src/faults/judge/judge.ts";
import type { Verdict } from "../src/faults/judge/verdict.ts";
import { type Entry, type Fact, Ledger, readLedger } from "../src/faults/ledger.ts";
import { LEASE_MS } from "../src/faults/terms.ts";

const ID = "evt_1";
const ACCEPTED = [{ id: ID, accepted: true, attempts: [] }];
/** When the second claim is granted unless a test says otherwise: after the first one's lease. */
const LATER = LEASE_MS + 1_000;

/** A line of the ledger. */
function line(at: number, pid: number, fence: number, fact: Omit<Fact, "id" | "fence">): Entry {
  return { at, pid, fence, id: ID, ...fact };
}

/** Claim, handler and effect of a process, from a moment on. */
function effect(at: number, pid: number, fence: number): Entry[] {
  return [
    line(at, pid, fence, { what: "claimed" }),
    line(at + 1, pid, fence, { what: "started" }),
    line(at + 2, pid, fence, { what: "effect" }),
    line(at + 3, pid, fence, { what: "ended" }),
  ];
}

function complete(at: number, pid: number, fence: number, result: "ok" | "lost" | "failed"): Entry[] {
  return [
    line(at, pid, fence, { what: "settling", settle: "complete" }),
    line(at + 1, pid, fence, { what: "settled", settle: "complete", result }),
  ];
}

function verdictOn(entries: readonly Entry[], doings: Doings = new Doings()): Verdict {
  const inOrder = entries.toSorted((a, b) => a.at - b.at);
  return judge({ reports: ACCEPTED, entries: inOrder, doings, rows: undefined });
}

describe("lost", () => {
  test("not when it was accepted and had its effect", () => {
    expect(verdictOn([...effect(0, 1, 1), ...complete(4, 1, 1, "ok")])).toMatchObject({
      lost: [],
      doubles: [],
    });
  });

  test("accepted without an effect", () => {
    expect(verdictOn([]).lost).toHaveLength(1);
  });

  test("an effect without being accepted", () => {
    const reports = [{ id: ID, accepted: false, attempts: [] }];
    const verdict = judge({ reports, entries: effect(0, 1, 1), doings: new Doings(), rows: undefined });
    expect(verdict.lost).toHaveLength(1);
  });
});

describe("doubled", () => {
  const twice = [...effect(0, 1, 1), ...effect(LATER, 2, 2)];

  test("without anything that would explain it: preventable", () => {
    expect(verdictOn(twice).doubles).toMatchObject([{ id: ID, preventable: true }]);
  });

  test("killed between effect and completion: unpreventable", () => {
    const doings = new Doings();
    doings.deaths.set(1, 100);
    expect(verdictOn(twice, doings).doubles).toMatchObject([{ preventable: false }]);
  });

  test("another process was killed: preventable", () => {
    const doings = new Doings();
    doings.deaths.set(3, 100);
    expect(verdictOn(twice, doings).doubles).toMatchObject([{ preventable: true }]);
  });

  test("killed, but taken over before the lease was over: preventable", () => {
    const doings = new Doings();
    doings.deaths.set(1, 100);
    const early = [...effect(0, 1, 1), ...effect(LEASE_MS / 2, 2, 2)];
    expect(verdictOn(early, doings).doubles).toMatchObject([{ preventable: true }]);
  });

  test("killed after its completion was confirmed: preventable", () => {
    const doings = new Doings();
    doings.deaths.set(1, 100);
    const completed = [...twice, ...complete(4, 1, 1, "ok")];
    expect(verdictOn(completed, doings).doubles).toMatchObject([{ preventable: true }]);
  });

  test("a confirmed completion, and the store was killed after it: unpreventable", () => {
    const doings = new Doings();
    doings.storeKills.push(100);
    const completed = [...twice, ...complete(4, 1, 1, "ok")];
    expect(verdictOn(completed, doings).doubles).toMatchObject([{ preventable: false }]);
  });

  test("paused after its effect, past its lease: unpreventable", () => {
    const doings = new Doings();
    doings.pauses.push({ pid: 1, from: 100, to: LATER + 100 });
    expect(verdictOn(twice, doings).doubles).toMatchObject([{ preventable: false }]);
  });

  test("paused before its effect: preventable", () => {
    const doings = new Doings();
    doings.pauses.push({ pid: 1, from: 1.5, to: LATER + 100 });
    expect(verdictOn(twice, doings).doubles).toMatchObject([{ preventable: true }]);
  });

  test("paused, but not past its lease: preventable", () => {
    const doings = new Doings();
    doings.pauses.push({ pid: 1, from: 100, to: LEASE_MS / 2 });
    expect(verdictOn(twice, doings).doubles).toMatchObject([{ preventable: true }]);
  });

  describe("the completion failed", () => {
    const answered = line(3_000, 1, 0, { what: "outcome", code: "complete_unavailable" });
    const gaveUp = line(8_000, 1, 0, { what: "late-outcome", code: "complete_unavailable" });
    const failed = [...twice, ...complete(4, 1, 1, "failed"), answered, ...complete(8_500, 1, 1, "failed")];
    const outOfReach = (to: number): Doings => {
      const doings = new Doings();
      doings.outages.push({ pid: "all", from: 0, to });
      return doings;
    };

    test.each([
      ["out of reach until the process ended", 8_300, false],
      ["back before the process ended", 7_000, true],
    ])("the store was %s", (_, to, preventable) => {
      expect(verdictOn([...failed, gaveUp], outOfReach(to)).doubles).toMatchObject([{ preventable }]);
    });

    test("the process has answered, and not ended: preventable", () => {
      expect(verdictOn(failed, outOfReach(LATER)).doubles).toMatchObject([{ preventable: true }]);
    });

    test("the process ended after another one had claimed: preventable", () => {
      const ended = [...failed, { ...gaveUp, at: LATER + 500 }];
      expect(verdictOn(ended, outOfReach(LATER + 1_000)).doubles).toMatchObject([{ preventable: true }]);
    });

    test("another process ended without its completion: preventable", () => {
      const ended = [...failed, { ...gaveUp, pid: 3 }];
      expect(verdictOn(ended, outOfReach(LATER)).doubles).toMatchObject([{ preventable: true }]);
    });
  });

  test("beside a handler at work, even without an effect of its own: preventable", () => {
    const atWork = effect(0, 1, 1).filter(({ what }) => what === "claimed" || what === "started");
    expect(verdictOn([...atWork, ...effect(LATER, 2, 2)]).doubles).toMatchObject([{ preventable: true }]);
  });

  test("not by a run after one that failed before its effect", () => {
    const failed = effect(0, 1, 1).filter(({ what }) => what !== "effect");
    expect(verdictOn([...failed, ...effect(10, 2, 2)]).doubles).toEqual([]);
  });

  test("in same-transaction mode, by rows alone, and never excused", () => {
    const doings = new Doings();
    doings.deaths.set(1, 100);
    const inMode = (rows: readonly string[]) => judge({ reports: ACCEPTED, entries: twice, doings, rows });
    expect(inMode([ID]).doubles).toEqual([]);
    expect(inMode([ID, ID]).doubles).toMatchObject([{ preventable: true }]);
  });
});

describe("stale", () => {
  const takenOver = [...effect(0, 1, 1), ...effect(LATER, 2, 2)];

  test("a completion after the takeover counted", () => {
    const verdict = verdictOn([...takenOver, ...complete(LATER + 10, 1, 1, "ok")]);
    expect(verdict).toMatchObject({ staleRefused: 0, staleAccepted: [expect.stringContaining(ID)] });
  });

  test("a completion after the takeover was refused", () => {
    const verdict = verdictOn([...takenOver, ...complete(LATER + 10, 1, 1, "lost")]);
    expect(verdict).toMatchObject({ staleRefused: 1, staleAccepted: [] });
  });

  test("an owner that asks again is told of the same claim", () => {
    const claims = (first: string, second: string): Entry[] => [
      line(0, 1, 2, { what: "claimed", owner: first }),
      line(1, 1, 2, { what: "claimed", owner: second }),
    ];
    expect(verdictOn(claims("a", "a")).fenceFaults).toEqual([]);
    expect(verdictOn(claims("a", "b")).fenceFaults).toHaveLength(1);
  });

  test("a fence that does not grow", () => {
    expect(verdictOn([...effect(0, 1, 2), ...effect(LATER, 2, 2)]).fenceFaults).toHaveLength(1);
  });
});

test("an effect that heeds its fence is none once one with a higher fence was written, and may come after a lower one", () => {
  const folder = mkdtempSync(join(tmpdir(), "ledger-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "ledger.jsonl");
  const ledger = new Ledger(path);
  for (const [id, fence] of [
    ["evt_1", 2],
    ["evt_1", 1],
    ["evt_2", 1],
    ["evt_2", 2],
  ] as const) {
    ledger.write({ what: "effect", id, fence, fenced: true });
  }
  expect(readLedger(path).map(({ id, fence }) => `${id} ${fence}`)).toEqual([
    "evt_1 2",
    "evt_2 1",
    "evt_2 2",
  ]);
});
