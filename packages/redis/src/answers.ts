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
  const isText = typeof answer === "bigint" || (typeof answer === "string" && INTEGER.test(answer));
  const integer = isText ? Number(answer) : answer;
  if (typeof integer === "number" && Number.isSafeInteger(integer) && integer >= min && integer <= max) {
    return integer;
  }
  refuseQueued(answer);
  throw new StoreUnavailableError(
    `Redis has answered ${typeof integer === "number" ? integer : `a value of type ${typeof answer}`}; expected an integer from ${min} to ${max}.`,
  );
}

/** @throws {StoreUnavailableError} for the answer of a client whose commands wait for an EXEC */
export function refuseQueued(answer: unknown): void {
  if (answer !== "QUEUED") return;
  throw new StoreUnavailableError(
    'Redis has answered "QUEUED", because the client is inside a transaction, as ioredis is after multi({ pipeline: false }). ' +
      "Give the store a client of its own.",
  );
}
