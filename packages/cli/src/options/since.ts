import { InvalidArgumentError } from "commander";

const UNITS_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Parses `90s`, `5m`, `2h` or `3d` into milliseconds. */
export function durationMs(text: string): number {
  const { number, unit } = /^(?<number>\d{1,9})(?<unit>[smhd])$/.exec(text)?.groups ?? {};
  const ms = Number(number) * (UNITS_MS[unit ?? ""] ?? Number.NaN);
  if (ms > 0) return ms;
  throw new InvalidArgumentError("expected a duration such as 90s, 5m, 2h or 3d.");
}

/** Parses a duration before now, or a time such as `2026-11-27T02:14Z`. */
export function sinceTime(text: string): Date {
  const isTime = /^\d{4}-\d\d-\d\d/.test(text);
  const ms = isTime ? Date.parse(text) : Date.now() - durationMs(text);
  if (Number.isNaN(ms))
    throw new InvalidArgumentError("expected 2h, 3d, or a time such as 2026-11-27T02:14Z.");
  if (ms > Date.now())
    throw new InvalidArgumentError("expected a time in the past; a time without Z is local.");
  return new Date(ms);
}
