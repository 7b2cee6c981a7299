import type { Forgetting } from "@mintfax-webhooks/core";
import { type Claim, type Settlement, StoreMisconfiguredError } from "@mintfax-webhooks/core/store";
import type { Row } from "./statement.ts";

/** @throws {StoreMisconfiguredError} unless the answer is rows as objects; libraries differ in what a query resolves with */
export function rowsFrom(answer: unknown): readonly Row[] {
  if (Array.isArray(answer) && answer.every(isRow)) return answer;
  throw new StoreMisconfiguredError(
    `The database answered a statement of the store with ${shapeOf(answer)}; expected an array of rows, each an object, such ` +
      `as [{ state: "done" }]. Make \`query\` of the option \`database\` resolve with the rows alone.`,
  );
}

export function claimFrom(rows: readonly Row[]): Claim {
  const { state, fence } = onlyRow(rows);
  if (state === "claimed" && typeof fence === "string" && /^\d+$/.test(fence)) {
    const number = Number(fence);
    if (Number.isSafeInteger(number)) return { state, fence: number };
  }
  if (state === "done" || state === "pending") return { state };
  throw unexpected("a claim");
}

/** A settlement returns the row that it changed: one at most. */
export function settlementFrom(rows: readonly Row[]): Settlement {
  if (rows.length === 0) return "lost";
  if (isOneOf(onlyRow(rows).state, ["pending", "done", "released", "absent"])) return "ok";
  throw unexpected("a settlement");
}

export function forgettingFrom(rows: readonly Row[]): Forgetting {
  const { answer } = onlyRow(rows);
  if (isOneOf(answer, ["forgotten", "pending", "absent"] as const)) return answer;
  throw unexpected("forget");
}

export function onlyRow(rows: readonly Row[]): Row {
  const [row] = rows;
  if (row === undefined || rows.length > 1) {
    throw new StoreMisconfiguredError(
      `The database answered a statement of the store with ${rows.length} rows; expected 1.`,
    );
  }
  return row;
}

function isOneOf<Word extends string>(value: unknown, words: readonly Word[]): value is Word {
  return words.includes(value as Word);
}

function isRow(value: unknown): value is Row {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function unexpected(what: string): StoreMisconfiguredError {
  return new StoreMisconfiguredError(
    `The row that answers ${what} lacks the columns or values that the store's statement returns. Make \`query\` of the ` +
      "option `database` return rows as the driver has them, with column names and values unchanged.",
  );
}

/** In words: the contents of rows stay out of errors. */
function shapeOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (!Array.isArray(value))
    return typeof value === "object" ? "an object that is not an array" : `a ${typeof value}`;
  const elements = value.slice(0, 3).map((element) => (Array.isArray(element) ? "array" : typeof element));
  return `an array of ${value.length} (${elements.join(", ")})`;
}
