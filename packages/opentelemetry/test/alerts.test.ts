import { eventFixture } from "@mintfax-webhooks/testing";
import { HAS_PROMETHEUS, PrometheusServer, type Series } from "test-support/prometheus-server";
import { runSize } from "test-support/run-size";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { AlertRules, NAMINGS } from "./support/alert-rules.ts";
import { deliver, ListQueue, QUEUE, tracedWorker } from "./support/handed-off.ts";
import { ScrapedMetrics } from "./support/scraped.ts";

const RULES = new AlertRules("queue.yml");

test("CI has Prometheus", () => {
  expect(HAS_PROMETHEUS || process.env.CI !== "true").toBe(true);
});

/** An event a minute, worked on within a second. `seconds` as the Collector writes names, and without as the exporter does. */
function day(overrides: Readonly<Record<string, string>>, unit: string): Series[] {
  const place = 'messaging_system="bullmq",messaging_destination_name="mintfax"';
  const values: Record<string, string> = {
    [`mintfax_queue_enqueued_total{${place},mintfax_queue_result="queued"}`]: "5+1x120",
    [`mintfax_queue_parked_total{${place}}`]: "3x120",
    [`mintfax_queue_attempts_total{${place},mintfax_queue_action="finish"}`]: "5+1x120",
  };
  for (const le of ["1", "300", "900", "21600", "43200", "+Inf"]) {
    values[`mintfax_queue_wait${unit}_bucket{${place},mintfax_queue_is_retry="false",le="${le}"}`] =
      "5+1x120";
  }
  values[`mintfax_queue_wait${unit}_count{${place},mintfax_queue_is_retry="false"}`] = "5+1x120";
  for (const [name, changed] of Object.entries(overrides)) {
    values[name.replace("{", `{${place}${name.includes("{}") ? "" : ","}`).replace("wait_", `wait${unit}_`)] =
      changed;
  }
  return Object.entries(values)
    .filter(([, changed]) => changed !== "")
    .map(([series, changed]) => ({ series, values: changed }));
}

describe.runIf(HAS_PROMETHEUS).each(runSize(NAMINGS.slice(1), NAMINGS))("with the names %s,", (_, unit) => {
  test.each<[what: string, overrides: Readonly<Record<string, string>>, expected: string[]]>([
    ["a day like any other", {}, []],
    ["a message is parked", { "mintfax_queue_parked_total{}": "3x80 4x40" }, ["MintfaxMessageParked"]],
    [
      "the first message of a process is parked",
      { "mintfax_queue_parked_total{}": "_x85 1x40" },
      ["MintfaxMessageParked"],
    ],
    ["a message was parked an hour ago", { "mintfax_queue_parked_total{}": "3x20 4x100" }, []],
    [
      "events cannot be stored",
      { 'mintfax_queue_enqueued_total{mintfax_queue_result="failed"}': "0x60 1+1x60" },
      ["MintfaxHandOffFails"],
    ],
    [
      "one event could not be stored, an hour ago",
      { 'mintfax_queue_enqueued_total{mintfax_queue_result="failed"}': "0x20 1x100" },
      [],
    ],
    [
      "no worker runs",
      {
        'mintfax_queue_wait_count{mintfax_queue_is_retry="false"}': "5+1x40 45x80",
        'mintfax_queue_wait_bucket{mintfax_queue_is_retry="false",le="+Inf"}': "5+1x40 45x80",
      },
      ["MintfaxNoWorker"],
    ],
    [
      "no worker has run yet",
      { 'mintfax_queue_wait_count{mintfax_queue_is_retry="false"}': "" },
      ["MintfaxNoWorker"],
    ],
    [
      "messages wait for 10 minutes",
      {
        'mintfax_queue_wait_bucket{mintfax_queue_is_retry="false",le="1"}': "5x120",
        'mintfax_queue_wait_bucket{mintfax_queue_is_retry="false",le="300"}': "5x120",
      },
      ["MintfaxMessagesWait"],
    ],
    [
      "a message is tried for the tenth hour",
      {
        'mintfax_queue_wait_bucket{mintfax_queue_is_retry="true",le="21600"}': "2x120",
        'mintfax_queue_wait_bucket{mintfax_queue_is_retry="true",le="+Inf"}': "2x60 3x60",
        'mintfax_queue_wait_count{mintfax_queue_is_retry="true"}': "2x60 3x60",
      },
      ["MintfaxOldestMessage"],
    ],
    [
      "a message is tried for the second hour",
      {
        'mintfax_queue_wait_bucket{mintfax_queue_is_retry="true",le="21600"}': "2x60 3x60",
        'mintfax_queue_wait_bucket{mintfax_queue_is_retry="true",le="+Inf"}': "2x60 3x60",
        'mintfax_queue_wait_count{mintfax_queue_is_retry="true"}': "2x60 3x60",
      },
      [],
    ],
  ])("%s", async (_, overrides, expected) => {
    expect(await RULES.firing(day(overrides, unit))).toEqual(expected);
  });
});

test.runIf(HAS_PROMETHEUS)(
  "a parked message fires an alert in a Prometheus that scrapes the worker",
  async () => {
    const scraped = await ScrapedMetrics.start();
    onTestFinished(() => scraped.stop());
    const queue = new ListQueue();
    await deliver(queue, eventFixture("fax.failed"));
    const worker = tracedWorker().on("fax.failed", () => Promise.reject(new Error("never")));
    const job = { ...QUEUE, message: queue.messages[0], attempt: 1 };
    await worker.process({ ...job, isLastAttempt: false });

    const prometheus = await PrometheusServer.start(scraped.address, RULES.file);
    onTestFinished(() => prometheus.stop());
    // What the rules name is there under that name.
    for (const name of ["parked_total", "enqueued_total", "wait_count", "wait_bucket"]) {
      const count = `count(mintfax_queue_${name})`;
      await vi.waitFor(async () => expect(await prometheus.value(count), name).toBeGreaterThan(0), 20_000);
    }
    expect(await prometheus.alerts()).toEqual([]);
    await worker.process({ ...job, isLastAttempt: true });
    await vi.waitFor(async () => {
      expect(await prometheus.alerts()).toMatchObject([
        {
          labels: {
            alertname: "MintfaxMessageParked",
            messaging_system: QUEUE.engine,
            messaging_destination_name: QUEUE.queue,
          },
        },
      ]);
    }, 20_000);
  },
);
