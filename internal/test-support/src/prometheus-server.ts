import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { onFreePort } from "./free-port.ts";
import { said } from "./server-process.ts";

/** Whether `prometheus` and its `promtool` are on the PATH. */
export const HAS_PROMETHEUS: boolean = ["prometheus", "promtool"].every(
  (command) => spawnSync(command, ["--version"]).status === 0,
);

/** What `promtool` prints of alerts that fire for hours. */
const MOST_OUTPUT_BYTES = 16_777_216;

const LONGEST_WAIT_MS = 20_000;

/** A series, as `promtool test rules` writes it: `0x30 1x10` is 31 times 0 and 11 times 1, a minute apart. */
export interface Series {
  readonly series: string;
  readonly values: string;
}

type Labels = Readonly<Record<string, string>>;

/**
 * Whether rules fire on these series. By `promtool`, which has a clock of its own.
 *
 * @param at minutes after the first value: one, or several
 * @returns the names of those that fire at one of them
 */
export async function firing(
  rules: string | readonly string[],
  names: readonly string[],
  series: readonly Series[],
  at: number | readonly number[],
): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "promtool-"));
  const file = join(folder, "test.json");
  const none = [at]
    .flat()
    .flatMap((minute) => names.map((alertname) => ({ eval_time: `${minute}m`, alertname, exp_alerts: [] })));
  const test = { interval: "1m", input_series: series, alert_rule_test: none };
  // YAML takes JSON.
  writeFileSync(
    file,
    JSON.stringify({ rule_files: [rules].flat(), evaluation_interval: "1m", tests: [test] }),
  );
  try {
    await promisify(execFile)("promtool", ["test", "rules", file], { maxBuffer: MOST_OUTPUT_BYTES });
    return [];
  } catch (error) {
    // It was told to expect none, so it complains of each.
    const { stderr } = error as { readonly stderr: string };
    const found = [...stderr.matchAll(/alertname: (\w+),.*\n.*\n\s*got:\s*\[\s*0:/g)].map(
      ([, name]) => `${name}`,
    );
    if (found.length === 0) throw error;
    return [...new Set(found)];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A Prometheus on a free port of this machine, which looks at its target and its rules ten times a second. */
export class PrometheusServer {
  readonly #url: string;
  readonly #process: ChildProcess;
  readonly #folder: string;

  /** @param target host and port that has `/metrics` */
  static start(target: string, rules: string): Promise<PrometheusServer> {
    return onFreePort(async (port) => {
      const folder = mkdtempSync(join(tmpdir(), "prometheus-"));
      const config = {
        global: { scrape_interval: "100ms", scrape_timeout: "100ms", evaluation_interval: "100ms" },
        rule_files: [rules],
        scrape_configs: [{ job_name: "mintfax", static_configs: [{ targets: [target] }] }],
      };
      writeFileSync(join(folder, "prometheus.yml"), JSON.stringify(config));
      const flags = [
        `--config.file=${join(folder, "prometheus.yml")}`,
        `--storage.tsdb.path=${join(folder, "data")}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ];
      const server = spawn("prometheus", flags, { stdio: ["ignore", "ignore", "pipe"] });
      const exit = once(server, "exit");
      try {
        await said(server, "Server is ready to receive web requests");
        return new PrometheusServer(server, folder, port);
      } catch (error) {
        await exit;
        rmSync(folder, { recursive: true });
        throw error;
      }
    });
  }

  private constructor(process_: ChildProcess, folder: string, port: number) {
    this.#process = process_;
    this.#folder = folder;
    this.#url = `http://127.0.0.1:${port}`;
  }

  /** The alerts that fire. */
  async alerts(): Promise<{ readonly labels: Labels }[]> {
    const answer = await fetch(`${this.#url}/api/v1/alerts`);
    const { data } = (await answer.json()) as {
      data: { alerts: { state: string; labels: Labels }[] };
    };
    return data.alerts.filter(({ state }) => state === "firing");
  }

  /** What an expression gives now: a value for each set of labels. */
  async query(expression: string): Promise<{ readonly labels: Labels; readonly value: number }[]> {
    const answer = await fetch(`${this.#url}/api/v1/query?query=${encodeURIComponent(expression)}`);
    const { data } = (await answer.json()) as {
      data: { result: { metric: Labels; value: [number, string] }[] };
    };
    return data.result.map(({ metric, value: [, value] }) => ({ labels: metric, value: Number(value) }));
  }

  /**
   * Settles once it has looked at its target after this call began. Its first look comes up to 5 s after it is ready.
   *
   * @throws {Error} if it has not within 20 s
   */
  async scraped(): Promise<void> {
    const since = Date.now() / 1000;
    const end = Date.now() + LONGEST_WAIT_MS;
    while (((await this.value("timestamp(up == 1)")) ?? 0) <= since) {
      if (Date.now() > end)
        throw new Error(`Prometheus has not scraped its target for ${LONGEST_WAIT_MS} ms.`);
      await sleep(20);
    }
  }

  /** @returns the value of the only series that an expression gives; undefined where it gives none */
  async value(expression: string): Promise<number | undefined> {
    return (await this.query(expression))[0]?.value;
  }

  async stop(): Promise<void> {
    const exit = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await exit;
    rmSync(this.#folder, { recursive: true });
  }
}
