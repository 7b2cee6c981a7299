import { randomInt } from "node:crypto";

/** What `faults`, `model` and `fuzz` all take. */
export const COMMON_OPTIONS = {
  /** Repeats a run. Without it, the run draws one and prints it. */
  seed: { type: "string" },
  /** A fraction of the full run, for a look between two changes. */
  short: { type: "boolean", default: false },
} as const;

const HIGHEST_SEED = 2 ** 32 - 1;

export function seedFrom(text: string | undefined): number {
  return text === undefined ? randomInt(1_000_000_000) : numberFrom("--seed", text, HIGHEST_SEED);
}

/** @param text `3000`, `3_000` or `3,000` */
export function numberFrom(name: string, text: string, highest: number = Number.MAX_SAFE_INTEGER): number {
  const number = Number(text.replaceAll(/[_,]/g, ""));
  if (text.trim() !== "" && number >= 0 && number <= highest) return number;
  throw new RangeError(`${name} is ${text}; expected a number from 0 to ${highest.toLocaleString("en")}`);
}
