import { readFileSync } from "node:fs";
import { join } from "node:path";
import { HAS_PROMETHEUS, type Series } from "test-support/prometheus-server";
import { runSize } from "test-support/run-size";
import { describe, expect, test } from "vitest";
import { AlertRules, NAMINGS } from "./support/alert-rules.ts";

const RULES = new AlertRules("deliveries.yml");

const counted = (outcome: string, more = ""): string =>
  `mintfax_webhook_deliveries_total{messaging_destination_name="fax.delivered",mintfax_webhook_outcome="${outcome}"${more}}`;
const late = (code: string): string => `mintfax_webhook_late_outcomes_total{mintfax_webhook_code="${code}"}`;

const HANDLER = "mintfax_webhook_handler_duration";
const AGE = "mintfax_webhook_event_age";
const bucket = (histogram: string, unit: string, le: string): string =>
  `${histogram}${unit}_bucket{messaging_destination_name="fax.delivered",le="${le}"}`;

/** Four events a minute, each processed within a second; strangers and copies come, too. */
function day(overrides: Readonly<Record<string, string>>, unit: string): Series[] {
  const values: Record<string, string> = {
    [counted("processed")]: "5+4x120",
    [counted("duplicate")]: "1+0.1x120",
    [counted("refused", ',mintfax_webhook_code="signature_mismatch"')]: "2+1x120",
    [counted("failed", ',mintfax_webhook_code="handler_failed"')]: "1+0.1x120",
    [counted("lost", ',mintfax_webhook_code="lease_lost"')]: "1x120",
    [late("complete_unavailable")]: "1x120",
    [late("background_failed")]: "1x120",
  };
  for (const le of ["1", "10", "25", "+Inf"]) values[bucket(HANDLER, unit, le)] = "5+4x120";
  for (const le of ["1", "60", "300", "+Inf"]) values[bucket(AGE, unit, le)] = "5+4x120";
  for (const [name, changed] of Object.entries(overrides)) {
    values[name.replace(/^(\w+)_bucket/, `$1${unit}_bucket`)] = changed;
  }
  return Object.entries(values).map(([series, changed]) => ({ series, values: changed }));
}

test("every rule is named in the guide", () => {
  const guide = readFileSync(join(import.meta.dirname, "../../../docs/observability.md"), "utf8");
  expect(RULES.names.filter((name) => !guide.includes(name))).toEqual([]);
});

describe.runIf(HAS_PROMETHEUS).each(runSize(NAMINGS.slice(1), NAMINGS))("with the names %s,", (_, unit) => {
  test.each<[what: string, overrides: Readonly<Record<string, string>>, expected: string[]]>([
    ["a day like any other", {}, []],
    [
      "the store is unreachable for ten minutes",
      { [counted("unavailable", ',mintfax_webhook_code="store_unavailable"')]: "0x78 1+4x40" },
      ["MintfaxStoreUnavailable"],
    ],
    [
      "the store was unreachable for a minute, an hour ago",
      { [counted("unavailable", ',mintfax_webhook_code="store_unavailable"')]: "0x30 4x90" },
      [],
    ],
    [
      "the first delivery finds no table",
      { [counted("misconfigured", ',mintfax_webhook_code="store_misconfigured"')]: "_x85 1x40" },
      ["MintfaxMisconfigured"],
    ],
    [
      "the secret is another endpoint's",
      {
        [counted("processed")]: "5+4x60 245x60",
        [counted("duplicate")]: "1x120",
        [counted("failed", ',mintfax_webhook_code="handler_failed"')]: "1x120",
        [bucket(HANDLER, "", "1")]: "5x120",
        [bucket(AGE, "", "1")]: "5x120",
      },
      ["MintfaxAllRefused"],
    ],
    [
      "an event was taken over",
      { [counted("lost", ',mintfax_webhook_code="lease_lost"')]: "1x85 2x40" },
      ["MintfaxDeliveryLost"],
    ],
    [
      "a process ended before it told the store",
      { [late("complete_unavailable")]: "1x85 2x40" },
      ["MintfaxUnrecorded"],
    ],
    ["work of waitUntil failed", { [late("background_failed")]: "1x85 2x40" }, ["MintfaxBackgroundFailed"]],
    [
      "half of the handlers fail",
      { [counted("failed", ',mintfax_webhook_code="handler_failed"')]: "1x70 1+4x50" },
      ["MintfaxHandlersFail"],
    ],
    [
      "handlers run past the deadline",
      { [counted("timed_out", ',mintfax_webhook_code="handler_timed_out"')]: "0x75 1+1x45" },
      ["MintfaxHandlersTimeOut"],
    ],
    [
      "handlers take 20 s",
      { [bucket(HANDLER, "", "1")]: "5x120", [bucket(HANDLER, "", "10")]: "5x120" },
      ["MintfaxHandlersSlow"],
    ],
    [
      "copies arrive while handlers are at work",
      { [counted("busy", ',mintfax_webhook_code="in_progress"')]: "0x60 1+2x60" },
      ["MintfaxBusy"],
    ],
    [
      "events get through with the third attempt",
      { [bucket(AGE, "", "1")]: "5x120", [bucket(AGE, "", "60")]: "5x120" },
      ["MintfaxEventsLate"],
    ],
  ])("%s", async (_, overrides, expected) => {
    expect(await RULES.firing(day(overrides, unit))).toEqual(expected);
  });

  // An event now and then, from a process that was started an hour before. mintfax tries again after 30 s, 3 and 15 minutes.
  test.each<[what: string, series: Readonly<Record<string, string>>, expected: string[]]>([
    ["the only event was processed", { [counted("processed")]: "_x75 1x40" }, []],
    [
      "the only event was processed, and strangers come",
      { [counted("processed")]: "_x81 1x40", [counted("refused")]: "_x70 1+1x50" },
      [],
    ],
    ["strangers come, and nothing else", { [counted("refused")]: "_x70 1+1x50" }, ["MintfaxAllRefused"]],
    [
      "the second attempt got an event through",
      { [counted("failed")]: "1x83 2x40", [counted("processed")]: "4x83 5x40" },
      [],
    ],
    [
      "each attempt at an event fails",
      { [counted("failed")]: "_x78 1 2 2 3x40", [counted("processed")]: "4x120" },
      ["MintfaxHandlersFail"],
    ],
    [
      "a handler never settles",
      { [counted("timed_out")]: "_x82 1x40", [counted("processed")]: "4x82 5x40" },
      ["MintfaxHandlersTimeOut"],
    ],
    [
      "the store is unreachable",
      { [counted("unavailable")]: "_x84 1 2 2 3x40" },
      ["MintfaxStoreUnavailable"],
    ],
    ["the secret is another", { [counted("refused")]: "_x82 1 2 2 3x40" }, ["MintfaxAllRefused"]],
  ])("where few events come: %s", async (_, series, expected) => {
    const given = Object.entries(series).map(([name, values]) => ({ series: name, values }));
    expect(await RULES.firing(given)).toEqual(expected);
  });

  test("nothing arrives for hours, or the receiver reports nothing", async () => {
    const silent = day({}, unit).map(({ series }) => ({ series, values: "5x240" }));
    expect(await RULES.firing(silent, 200)).toEqual(["MintfaxNoDelivery"]);
    expect(await RULES.firing([{ series: "up", values: "1x120" }])).toEqual(["MintfaxNoDelivery"]);
  });
});
