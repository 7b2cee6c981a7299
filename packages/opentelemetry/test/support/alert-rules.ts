import { readFileSync } from "node:fs";
import { join } from "node:path";
import { firing, type Series } from "test-support/prometheus-server";

/** After an hour and a half of a day like any other. */
const AT_MINUTE = 90;

/** The rules take both. */
export const NAMINGS: [collected: string, unit: string][] = [
  ["of the exporter", ""],
  ["of the Collector", "_seconds"],
];

/** A file of `alerts/`. */
export class AlertRules {
  readonly file: string;
  /** Of the alerts. */
  readonly names: readonly string[];

  constructor(name: string) {
    this.file = join(import.meta.dirname, "../../alerts", name);
    this.names = [...readFileSync(this.file, "utf8").matchAll(/- alert: (\w+)/g)].map(
      ([, alert]) => alert as string,
    );
  }

  /** @returns the alerts that fire on these series */
  firing(series: readonly Series[], atMinute: number = AT_MINUTE): Promise<string[]> {
    return firing(this.file, this.names, series, atMinute);
  }
}
