import type { Figure } from "../stats/summary.ts";
import { isMet, type Target, type Unit } from "./result.ts";

const DIGITS: Readonly<Record<Unit, number>> = {
  ratio: 2,
  "per second": 0,
  µs: 1,
  ms: 2,
  bytes: 0,
  count: 2,
};

/** `1.08 (1.02 to 1.13)`: the median, and the range over the rounds where there is one. */
export function figureText(figure: Figure | undefined, unit: Unit): string {
  if (figure === undefined) return "";
  const { median, low, high } = figure;
  const text = number(median, unit);
  return low === high ? text : `${text} (${number(low, unit)} to ${number(high, unit)})`;
}

/** `at least 1.30` */
export function boundText({ atLeast, atMost, unit }: Target): string {
  return atLeast === undefined ? `at most ${number(atMost ?? 0, unit)}` : `at least ${number(atLeast, unit)}`;
}

export function verdictText(target: Target): string {
  return isMet(target) ? "met" : "NOT met";
}

function number(value: number, unit: Unit): string {
  const digits = DIGITS[unit];
  return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
