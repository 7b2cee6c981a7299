import { readFileSync } from "node:fs";
import { join } from "node:path";
import { eventFixture } from "@mintfax-webhooks/testing";
import { HAS_PROMETHEUS, PrometheusServer } from "test-support/prometheus-server";
import { attempt } from "test-support/receiving";
import { expect, onTestFinished, test } from "vitest";
import { dashboardText } from "../scripts/dashboard/dashboard.ts";
import { Clinic } from "./support/clinic.ts";
import { ScrapedMetrics } from "./support/scraped.ts";

const FILE = join(import.meta.dirname, "../dashboards/mintfax-webhooks.json");
const RULES = join(import.meta.dirname, "../alerts/deliveries.yml");

/** Prometheus scrapes once more in each. A rate needs two values of a series. */
const MOST_ROUNDS = 20;

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}
const { panels } = JSON.parse(readFileSync(FILE, "utf8")) as { readonly panels: readonly Panel[] };
const queries = panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr, legendFormat }) => ({ title, expr, legendFormat })),
);

test("the dashboard is what its program writes: pnpm --filter @mintfax-webhooks/opentelemetry dashboard", () => {
  expect(readFileSync(FILE, "utf8")).toBe(dashboardText());
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
});

test("every panel says what it shows", () => {
  const silent = panels.filter((panel) => panel.targets !== undefined && !("description" in panel));
  expect(silent).toEqual([]);
});

test.runIf(HAS_PROMETHEUS)(
  "every query has data in a Prometheus that scrapes a clinic on a day with faults",
  async () => {
    const scraped = await ScrapedMetrics.start();
    onTestFinished(() => scraped.stop());
    const prometheus = await PrometheusServer.start(scraped.address, RULES);
    onTestFinished(() => prometheus.stop());
    const clinic = await Clinic.open();
    const fails = eventFixture("fax.failed");
    clinic.handle = (id, { waitUntil }) => {
      if (id === fails.id) throw new Error("the chart is locked");
      waitUntil(Promise.reject(new Error("the mail server is down")));
    };
    let missing = queries;
    for (let round = 0; missing.length > 0 && round < MOST_ROUNDS; round += 1) {
      await clinic.usual(round * 5);
      await clinic.webhooks(attempt(fails));
      clinic.queue.fault = new Error("the queue is down");
      await clinic.handOff();
      clinic.queue.fault = undefined;
      await prometheus.scraped();
      missing = await without(missing, prometheus);
    }
    expect(missing).toEqual([]);
  },
);

/** Those without a line that has all labels of its legend, as Grafana would ask for them. A quantile of nothing is NaN. */
async function without(asked: typeof queries, prometheus: PrometheusServer): Promise<typeof queries> {
  const drawn = await Promise.all(
    asked.map(async ({ expr, legendFormat }) => {
      const needed = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label as string);
      const asGrafanaDoes = expr.replaceAll("$__rate_interval", "5s").replaceAll("$job", ".*");
      const lines = await prometheus.query(asGrafanaDoes);
      return lines.some(
        ({ labels, value }) => !Number.isNaN(value) && needed.every((label) => label in labels),
      );
    }),
  );
  return asked.filter((_, index) => drawn[index] === false);
}
