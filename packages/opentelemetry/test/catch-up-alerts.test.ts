import { observeFaxWatch, recordCatchUp } from "@mintfax-webhooks/opentelemetry";
import { createFaxWatch } from "@mintfax-webhooks/postgres";
import { Pool } from "pg";
import { PostgresServer } from "test-support/postgres-server";
import { HAS_PROMETHEUS, PrometheusServer, type Series } from "test-support/prometheus-server";
import { runSize } from "test-support/run-size";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { AlertRules, NAMINGS } from "./support/alert-rules.ts";
import { ScrapedMetrics } from "./support/scraped.ts";

const RULES = new AlertRules("catch-up.yml");
const PLACE = 'mintfax_namespace="mintfax"';

const RUNS = (result: string) => `mintfax_catch_up_runs_total{${PLACE},mintfax_catch_up_result="${result}"}`;
const EVERY_FIVE_MINUTES = Array.from({ length: 121 }, (_, minute) => Math.floor(minute / 5)).join(" ");

/** Two processes report the watch; one of them runs catch-up every 5 minutes. */
function day(overrides: Readonly<Record<string, string>>, unit: string): Series[] {
  const values: Record<string, string> = {
    [RUNS("clean")]: EVERY_FIVE_MINUTES,
    [RUNS("owes")]: "0x120",
    [RUNS("incomplete")]: "0x120",
    [`mintfax_catch_up_repaired_total{${PLACE}}`]: "2x120",
  };
  for (const instance of ["a", "b"]) {
    const labels = `{${PLACE},instance="${instance}"}`;
    values[`mintfax_fax_watch_readable${unit && "_ratio"}${labels}`] = "1x120";
    values[`mintfax_fax_watch_expected${labels}`] = "4x120";
    values[`mintfax_fax_watch_owed${labels}`] = "0x120";
    values[`mintfax_fax_watch_oldest_owed${unit}${labels}`] = "0x120";
    values[`mintfax_fax_watch_last_event_age${unit}${labels}`] = "40x120";
  }
  // An override is for all series that begin so.
  return Object.entries(values).map(([series, usual]) => {
    const [, changed] = Object.entries(overrides).find(([start]) => series.startsWith(start)) ?? [];
    return { series, values: changed ?? usual };
  });
}

test("CI has Prometheus", () => {
  expect(HAS_PROMETHEUS || process.env.CI !== "true").toBe(true);
});

describe.runIf(HAS_PROMETHEUS).each(runSize(NAMINGS.slice(1), NAMINGS))("with the names %s,", (_, unit) => {
  test.each<[what: string, overrides: Readonly<Record<string, string>>, expected: string[]]>([
    ["a day like any other", {}, []],
    [
      "a fax is owed for half an hour",
      { mintfax_fax_watch_owed: "0x60 1x60", mintfax_fax_watch_oldest_owed: "0x60 0+60x60" },
      ["MintfaxFaxOwed"],
    ],
    [
      "a fax is owed for 10 minutes, and repaired",
      { mintfax_fax_watch_owed: "0x80 1x9 0x30", mintfax_fax_watch_oldest_owed: "0x80 0+60x9 0x30" },
      [],
    ],
    [
      "no final event for 3 hours, and faxes are under way",
      { mintfax_fax_watch_last_event_age: "10800+60x120" },
      ["MintfaxNoFinalEvent"],
    ],
    [
      "no final event for 3 hours, and no fax is under way",
      { mintfax_fax_watch_last_event_age: "10800+60x120", mintfax_fax_watch_expected: "0x120" },
      [],
    ],
    [
      "the watch's database is unreachable",
      { mintfax_fax_watch_readable: "1x70 0x50" },
      ["MintfaxFaxWatchSilent"],
    ],
    ["no process reports the watch", { mintfax_fax_watch: "0x70" }, ["MintfaxFaxWatchSilent"]],
    ["catch-up repairs an event", { mintfax_catch_up_repaired: "2x85 3x35" }, ["MintfaxCatchUpRepaired"]],
    [
      "the first run of a process repairs an event",
      { mintfax_catch_up_repaired: "_x85 3x35" },
      ["MintfaxCatchUpRepaired"],
    ],
    ["catch-up repaired an event an hour ago", { mintfax_catch_up_repaired: "2x30 3x90" }, []],
    [
      "an event does not get through",
      { [RUNS("clean")]: "20x120", [RUNS("owes")]: EVERY_FIVE_MINUTES },
      ["MintfaxCatchUpOwes"],
    ],
    ["an event got through in the second run", { [RUNS("owes")]: "0x80 1x40" }, []],
    ["no catch-up runs", { [RUNS("clean")]: "20x120" }, ["MintfaxCatchUpStalls"]],
    [
      "the process that runs catch-up has ended",
      { mintfax_catch_up: "0+0.2x30 _x90" },
      ["MintfaxCatchUpStalls"],
    ],
    [
      "mintfax's lists cannot be read",
      { [RUNS("clean")]: "20x120", [RUNS("incomplete")]: EVERY_FIVE_MINUTES },
      ["MintfaxCatchUpStalls"],
    ],
  ])("%s", async (_, overrides, expected) => {
    expect(await RULES.firing(day(overrides, unit))).toEqual(expected);
  });
});

test.runIf(HAS_PROMETHEUS)(
  "in a Prometheus that scrapes it, what the rules name is there under that name",
  async () => {
    const server = await PostgresServer.start();
    onTestFinished(() => server.stop());
    const pool = new Pool({ connectionString: server.url }).on("error", () => {});
    onTestFinished(() => pool.end());
    const watch = createFaxWatch({ pool, timeoutMs: 5_000 });
    await watch.migrate();
    await watch.expect("fax_1", { by: new Date(Date.now() - 20 * 60_000) });
    await watch.settle(
      { id: "evt_1", type: "fax.failed", created: 1, data: { object: { id: "fax_2" } } },
      {
        signal: new AbortController().signal,
      },
    );

    const scraped = await ScrapedMetrics.start();
    onTestFinished(() => scraped.stop());
    observeFaxWatch(watch);
    recordCatchUp({ complete: true, owed: 1, events: { repaired: 0 }, faxes: { missing: 0 } });
    const prometheus = await PrometheusServer.start(scraped.address, RULES.file);
    onTestFinished(() => prometheus.stop());
    for (const [query, least] of [
      ["mintfax_fax_watch_readable", 1],
      ["mintfax_fax_watch_owed", 1],
      ["mintfax_fax_watch_expected", 1],
      ["mintfax_fax_watch_oldest_owed", 1_200],
      ["mintfax_fax_watch_last_event_age", 0],
      ['mintfax_catch_up_runs_total{mintfax_catch_up_result="owes"}', 1],
      ["mintfax_catch_up_repaired_total", 0],
    ] as const) {
      await vi.waitFor(
        async () => expect(await prometheus.value(query), query).toBeGreaterThanOrEqual(least),
        20_000,
      );
    }
    expect(await prometheus.alerts()).toEqual([]);
    recordCatchUp({ complete: true, owed: 0, events: { repaired: 1 }, faxes: { missing: 0 } });
    await vi.waitFor(async () => {
      expect(await prometheus.alerts()).toMatchObject([
        { labels: { alertname: "MintfaxCatchUpRepaired", mintfax_namespace: "mintfax" } },
      ]);
    }, 20_000);
  },
);
