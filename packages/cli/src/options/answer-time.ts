import { InvalidArgumentError } from "commander";

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };
const MOST_MS = 600_000;

/** Parses `500ms`, `5s` or `1m` into milliseconds: how long an answer may take. */
export function answerTimeMs(text: string): number {
  const { number, unit } = /^(?<number>\d{1,6})(?<unit>ms|s|m)$/.exec(text)?.groups ?? {};
  const ms = Number(number) * (UNITS_MS[unit ?? ""] ?? Number.NaN);
  if (ms > 0 && ms <= MOST_MS) return ms;
  throw new InvalidArgumentError("expected a time such as 500ms, 5s or 1m, at most 10m.");
}
