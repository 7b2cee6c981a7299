import { clockFinding, failedCheck, passedCheck } from "@mintfax-webhooks/core/store";
import { describe, expect, test } from "vitest";

test("a check without a fault makes a finding that is ok, and needs no fix", () => {
  const finding = passedCheck({ code: "held_table", level: "error" }, "The table is there.");
  expect(finding).toEqual({ code: "held_table", level: "error", ok: true, message: "The table is there." });
});

test("a check with a fault makes a finding that says what to change", () => {
  const finding = failedCheck({ code: "held_table", level: "error" }, "There is no table.", "Run migrate().");
  expect(finding).toEqual({
    code: "held_table",
    level: "error",
    ok: false,
    message: "There is no table.",
    fix: "Run migrate().",
  });
});

const NOW_MS = Date.UTC(2026, 0, 1);
const CLOCK = { code: "clock", level: "warning" };

/** The finding about a server that was asked now, answered after some time, and whose clock differs. */
function findingFor({ tookMs = 0, serverAheadMs = 0 }) {
  const serverMs = NOW_MS + serverAheadMs;
  return clockFinding("HeldDB", { askedMs: NOW_MS, answeredMs: NOW_MS + tookMs, serverMs });
}

describe("the clocks of this process and of a server", () => {
  test.each([
    ["agree", {}, 1],
    ["differ by less than a second", { serverAheadMs: 400 }, 1],
    ["may agree, as the server took 50 s to say", { tookMs: 50_000, serverAheadMs: 45_000 }, 1],
    ["differ by what the answer's way does not explain", { tookMs: 50_000, serverAheadMs: 70_000 }, 20],
    ["differ by 30 s, the server ahead", { serverAheadMs: 30_000 }, 30],
    ["differ by 30 s, the server behind", { serverAheadMs: -30_000 }, 30],
  ])("%s: well", (_, clocks, seconds) => {
    expect(findingFor(clocks)).toEqual({
      ...CLOCK,
      ok: true,
      message: `The clocks of this process and of HeldDB are at most ${seconds} s apart.`,
    });
  });

  test.each([
    ["ahead of", { serverAheadMs: -31_000 }],
    ["ahead of", { serverAheadMs: -31_000, tookMs: 4_000 }],
    ["behind", { serverAheadMs: 31_000 }],
    ["behind", { serverAheadMs: 35_000, tookMs: 4_000 }],
  ])("this process 31 s %s the server: a fault", (side, clocks) => {
    expect(findingFor(clocks)).toEqual({
      ...CLOCK,
      ok: false,
      message: `The clock of this process is 31 s ${side} that of HeldDB.`,
      fix: "Compare both with a third clock, and set the wrong one (chronyc makestep). With more than 300 s, deliveries are refused.",
    });
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])(
    "a server that says %s has not told its time",
    (serverMs) => {
      expect(clockFinding("HeldDB", { askedMs: NOW_MS, answeredMs: NOW_MS, serverMs })).toEqual({
        ...CLOCK,
        ok: "unknown",
        message: "HeldDB did not tell its time.",
      });
    },
  );
});
