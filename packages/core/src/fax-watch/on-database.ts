import { kindOf } from "../check-options.ts";
import { ConfigurationError } from "../errors.ts";
import type { Envelope } from "../events/index.ts";
import { isTerminal } from "../events/terminal.ts";
import { memberOf } from "../foreign.ts";
import type { FaxWatch, FaxWatchStatus, OutstandingFax } from "./fax-watch.ts";

/**
 * What a database brings to a {@link FaxWatch}: each call is one statement. A row says `expected`, `settled` or `dismissed` of a
 * fax, and there may be one of each. So no transaction that expects a fax waits for one that settles it.
 */
export interface FaxWatchDatabase {
  /** Whose rows these are. */
  readonly namespace: string;
  /** Adds a row that is expected, unless there is a row of the fax. @param tx the caller's transaction */
  expect(faxId: string, by: Date, tx: unknown): Promise<void>;
  /** Adds a row that ends the expectation, and deletes the one that is expected. @param tx the handler's transaction */
  end(faxId: string, state: "settled" | "dismissed", tx: unknown): Promise<void>;
  /**
   * The faxes that are expected and not ended, by `by` and then by id, at most `limit`.
   *
   * @param olderThan default: now
   * @param after the last fax of the page before
   */
  page(
    limit: number,
    olderThan: Date | undefined,
    after: OutstandingFax | undefined,
  ): Promise<readonly OutstandingFax[]>;
  /** Counts and ages. */
  status(): Promise<FaxWatchStatus>;
}

const BY_DEFAULT_MS = 3_600_000;
const PAGE_SIZE = 500;

/**
 * For those who write a store: a fax watch on statements of a database.
 *
 * @example
 * ```ts
 * export const createFaxWatch = (options: Options): FaxWatch => faxWatchOn(new MyDatabase(options));
 * ```
 */
export function faxWatchOn(database: FaxWatchDatabase): FaxWatch {
  return {
    namespace: database.namespace,
    async expect(faxId, { by = new Date(Date.now() + BY_DEFAULT_MS), tx } = {}) {
      await database.expect(requireFaxId(faxId), requireDate("by", by), tx);
    },
    async settle(event, context) {
      if (typeof context !== "object" || context === null) {
        throw new ConfigurationError(
          "option_invalid",
          `settle() was called with ${kindOf(context)} beside the event; expected the handler's context: await watch.settle(event, context).`,
        );
      }
      if (!isTerminal(event)) return;
      const faxId = faxIdOf(event);
      // An event without an id cannot be settled. It must not fail for that: the watch reports the fax in time.
      if (isFaxId(faxId)) await database.end(faxId, "settled", context.tx);
    },
    async dismiss(faxId) {
      await database.end(requireFaxId(faxId), "dismissed", undefined);
    },
    outstanding: ({ olderThan } = {}) => pagesOf(database, olderThan && requireDate("olderThan", olderThan)),
    status: () => database.status(),
  };
}

async function* pagesOf(
  database: FaxWatchDatabase,
  olderThan: Date | undefined,
): AsyncGenerator<OutstandingFax, void, undefined> {
  let after: OutstandingFax | undefined;
  do {
    const page = await database.page(PAGE_SIZE, olderThan, after);
    yield* page;
    after = page.length === PAGE_SIZE ? page.at(-1) : undefined;
  } while (after !== undefined);
}

/** The events are not validated beyond their envelope. */
function faxIdOf(event: Envelope<string, unknown>): unknown {
  return memberOf(event.data.object, "id");
}

const FAX_ID_MAX_LENGTH = 256;

function isFaxId(value: unknown): value is string {
  return typeof value === "string" && /^[\x21-\x7e]+$/.test(value) && value.length <= FAX_ID_MAX_LENGTH;
}

function requireFaxId(faxId: unknown): string {
  if (isFaxId(faxId)) return faxId;
  throw new ConfigurationError(
    "option_invalid",
    `faxId is ${kindOf(faxId)}; expected the id of a fax as mintfax gives it: 1 to ${FAX_ID_MAX_LENGTH} visible ASCII characters.`,
  );
}

function requireDate(name: string, value: unknown): Date {
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value;
  const given = value instanceof Date ? "an invalid Date" : kindOf(value);
  throw new ConfigurationError("option_invalid", `${name} is ${given}; expected a Date.`);
}
