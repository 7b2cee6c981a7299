import { MintfaxWebhookError } from "@mintfax-webhooks/core/store";
import { QueueMisconfiguredError, QueueUnavailableError } from "../errors.ts";

/** The fix for each SQLSTATE that means a wrong set-up. */
export type Remedies = Readonly<Record<string, string>>;

/**
 * The error of a statement, without what it may quote of a message: PostgreSQL puts rows into `detail`, and libraries put
 * parameters into the text.
 */
export function queueFailure(error: unknown, engine: string, remedies: Remedies): MintfaxWebhookError {
  if (error instanceof MintfaxWebhookError) return error;
  const cause = causeOf(error);
  const remedy = cause.sqlState === undefined ? undefined : remedies[cause.sqlState];
  if (remedy !== undefined) return new QueueMisconfiguredError(`${remedy} (SQLSTATE ${cause.sqlState})`);
  return new QueueUnavailableError(`PostgreSQL did not do what ${engine} needs: ${cause.text}.`);
}

interface Cause {
  readonly sqlState?: string;
  readonly text: string;
}

/** As in packages/postgres: codes of Node (EPIPE) and of Prisma (P2010) have five characters too. */
const SQL_STATE = /^(?:[0-9][0-9A-Z]|F0|HV|P0|XX)[0-9A-Z]{3}$/;
/** Connection, authorization, resources, operator, system, internal, read-only: their texts quote no parameter. */
const QUOTES_NOTHING = /^(?:08|28|3D|53|55|57|58|XX|25006)/;
/** Of Node's sockets, as `connect ECONNREFUSED 127.0.0.1:5432`. */
const SYSTEM_CODE = /^E[A-Z]+$/;
const DEPTH = 5;

/** Libraries wrap the driver's error: Drizzle as `cause`, Prisma below `meta`. A getter of it may throw. */
function causeOf(error: unknown): Cause {
  try {
    for (const { code, originalCode, message, routine } of wrappedIn(error, DEPTH)) {
      const sqlState = [originalCode, code].find(
        (value) => typeof value === "string" && SQL_STATE.test(value),
      );
      if (typeof sqlState === "string") {
        const mayShow = QUOTES_NOTHING.test(sqlState) && routine !== undefined;
        return { sqlState, text: `${mayShow ? `${message} ` : ""}(SQLSTATE ${sqlState})` };
      }
      if (typeof code === "string" && SYSTEM_CODE.test(code)) return { text: `${code}${placeOf(error)}` };
    }
    return { text: error instanceof Error ? knownText(error) : `a value of type ${typeof error} was thrown` };
  } catch {
    return { text: "its error cannot be read" };
  }
}

type Members = Readonly<Record<string, unknown>>;

function wrappedIn(error: unknown, depth: number): Members[] {
  if (typeof error !== "object" || error === null || depth === 0) return [];
  const { cause, meta, errors } = error as Members;
  const below = (meta as Members | undefined)?.driverAdapterError;
  const first = Array.isArray(errors) ? errors[0] : undefined;
  return [error as Members, ...[cause, below, first].flatMap((value) => wrappedIn(value, depth - 1))];
}

function placeOf(error: unknown): string {
  const place = wrappedIn(error, DEPTH).find(({ address }) => typeof address === "string");
  return place === undefined ? "" : ` at ${place.address}:${place.port}`;
}

/** Texts of `pg` itself, for connections that end or do not come. */
const OF_PG =
  /^(?:Connection terminated|timeout expired|timeout exceeded|Query read timeout|Cannot use a pool|Client has|Client was)/i;

function knownText({ name, message }: Error): string {
  return OF_PG.test(message) ? message : `the client rejected with an error of the class ${name}`;
}
