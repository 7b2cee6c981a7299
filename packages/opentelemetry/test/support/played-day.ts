import type { Series } from "test-support/prometheus-server";
import { vi } from "vitest";
import { ScrapedMetrics } from "./scraped.ts";

const MINUTE_MS = 60_000;
const LINE = /^([a-z_:][\w:]*(?:\{.*\})?) (\S+)$/gim;

/**
 * A day whose minutes take as long as what happens in them. After each, the metrics are scraped as Prometheus does it, and the
 * wall clock of this process goes on. So hours of real metrics are there within seconds, with the times that events and messages
 * would have. Timers, and clocks that only measure, stay real.
 */
export class PlayedDay {
  minutes = 0;
  readonly #values = new Map<string, string[]>();
  readonly #scraped: ScrapedMetrics;

  /** Registers an SDK of its own. */
  static async start(): Promise<PlayedDay> {
    const scraped = await ScrapedMetrics.start();
    vi.useFakeTimers({ toFake: ["Date"] });
    return new PlayedDay(scraped);
  }

  private constructor(scraped: ScrapedMetrics) {
    this.#scraped = scraped;
  }

  /** @param happens in each of these minutes */
  async play(minutes: number, happens: (minute: number) => unknown): Promise<void> {
    for (let minute = 0; minute < minutes; minute += 1) {
      await happens(this.minutes);
      await this.#scrape();
      vi.setSystemTime(Date.now() + MINUTE_MS);
      this.minutes += 1;
    }
  }

  /** All that was scraped. A series that began later has no value before. */
  get series(): Series[] {
    return [...this.#values].map(([series, values]) => ({ series, values: values.join(" ") }));
  }

  async stop(): Promise<void> {
    vi.useRealTimers();
    await this.#scraped.stop();
  }

  async #scrape(): Promise<void> {
    const text = await (await fetch(`http://${this.#scraped.address}/metrics`)).text();
    const scraped = new Map([...text.matchAll(LINE)].map(([, series = "", value = ""]) => [series, value]));
    for (const series of new Set([...scraped.keys(), ...this.#values.keys()])) {
      const values = this.#values.get(series) ?? Array.from({ length: this.minutes }, () => "_");
      values.push(scraped.get(series) ?? "_");
      this.#values.set(series, values);
    }
  }
}
