import { StoreUnavailableError } from "@mintfax-webhooks/core/store";

/** The range of integers that a command can answer with. */
export interface Answers {
  readonly min: number;
  readonly max: number;
}

const INTEGER = /^(0|-?[1-9]\d*)$/;

/**
 * The integer that Redis answered with. A client may be configured to return it as a string or a bigint.
 *
 * @throws {StoreUnavailableError} for any other answer: it does not say "claimed", "done" or "lost"
 */
export function integerFrom(answer: unknown, { min, max }: Answers): number {
  const integer = isIntegerText(answer) ? Number(answer) : answer;
  if (typeof integer === "number" && Number.isSafeInteger(integer) && integer >= min && integer <= max) {
    return integer;
  }
  throw unexpected(answer, `an integer from ${min} to ${max}`);
}

/**
 * The answers of a script, one for each key. That for one key alone is not in a list.
 *
 * @throws {StoreUnavailableError} for another answer
 */
export function listFrom(answer: unknown, length: number): readonly unknown[] {
  if (length === 1) return [answer];
  if (Array.isArray(answer) && answer.length === length) return answer;
  throw unexpected(answer, `a list of ${length}`);
}

/** A script answers a key that Redis refuses with the text of the error. */
export function isErrorText(answer: unknown): answer is string | Uint8Array {
  if (typeof answer === "string") return answer !== "QUEUED" && !isIntegerText(answer);
  return answer instanceof Uint8Array;
}

function isIntegerText(answer: unknown): boolean {
  return typeof answer === "bigint" || (typeof answer === "string" && INTEGER.test(answer));
}

/** @throws {StoreUnavailableError} for the answer of a client whose commands wait for an EXEC */
export function refuseQueued(answer: unknown): void {
  if (answer !== "QUEUED") return;
  throw new StoreUnavailableError(
    'Redis has answered "QUEUED", because the client is inside a transaction, as ioredis is after multi({ pipeline: false }). ' +
      "Give the store a client of its own.",
  );
}

function unexpected(answer: unknown, expected: string): StoreUnavailableError {
  refuseQueued(answer);
  return new StoreUnavailableError(`Redis has answered ${textOf(answer)}; expected ${expected}.`);
}

function textOf(answer: unknown): string {
  if (typeof answer === "number") return String(answer);
  if (Array.isArray(answer)) return `a list of ${answer.length}`;
  return `a value of type ${typeof answer}`;
}
