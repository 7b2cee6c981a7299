import { StoreUnavailableError } from "@mintfax-webhooks/core/store";

/** The integers that a command can answer. */
export interface Answers {
  readonly min: number;
  readonly max: number;
}

const INTEGER = /^(0|-?[1-9]\d*)$/;

/**
 * The integer that Redis has answered. A client may be set to hand it out as a string or a bigint.
 *
 * @throws {StoreUnavailableError} for anything else, of which nothing is known: neither "claimed" nor "done" nor "lost"
 */
export function integerFrom(answer: unknown, { min, max }: Answers): number {
  const isText = typeof answer === "bigint" || (typeof answer === "string" && INTEGER.test(answer));
  const integer = isText ? Number(answer) : answer;
  if (typeof integer === "number" && Number.isSafeInteger(integer) && integer >= min && integer <= max) {
    return integer;
  }
  if (answer === "QUEUED") {
    throw new StoreUnavailableError(
      'Redis has answered "QUEUED": the client is in the midst of a transaction, as ioredis is after multi({ pipeline: false }). ' +
        "Give the store a client of its own.",
    );
  }
  throw new StoreUnavailableError(
    `Redis has answered ${typeof integer === "number" ? integer : `a value of type ${typeof answer}`}; expected an integer from ${min} to ${max}.`,
  );
}
