import { ConfigurationError } from "@mintfax-webhooks/core";
import { checkOptions } from "@mintfax-webhooks/core/store";
import { Calls } from "./api/calls.ts";
import { API_OPTION_NAMES, type ApiOptions, type Connection, connectionFrom } from "./api/connection.ts";
import { pagesOf } from "./api/pages.ts";
import { isId, membersOf, timeFrom } from "./api/read.ts";
import { CatchUpError } from "./errors.ts";
import { Notes } from "./notes.ts";

/** A fax that is not final at mintfax. */
export interface OpenFax {
  readonly id: string;
  readonly status: string;
  /** Undefined where mintfax did not say. */
  readonly createdAt: Date | undefined;
}

/** Options of {@link openFaxes}. */
export interface OpenFaxesOptions extends ApiOptions {
  /** Faxes created before this: a time, or milliseconds ago. */
  readonly olderThan: Date | number;
  /** Ends the reading; the loop is thrown the signal's reason. */
  readonly signal?: AbortSignal;
}

/** The statuses that are not final, as mintfax's reference has them. */
const OPEN_STATUSES = ["queued", "submitted", "in_progress"];

/**
 * Reads from mintfax which faxes have no final status, though they were created before a time. A fax takes minutes: one
 * that is open for hours is a matter for mintfax's support.
 *
 * @throws {CatchUpError} for a key that cannot work, and in the loop where the list cannot be read to its end
 * @throws {ConfigurationError} for another option that cannot work
 *
 * @example
 * ```ts
 * for await (const { id, status } of openFaxes({ olderThan: 6 * 3_600_000 })) console.warn(id, status);
 * ```
 */
export function openFaxes(options: OpenFaxesOptions): AsyncIterable<OpenFax> {
  checkOptions(options, [...API_OPTION_NAMES, "olderThan", "signal"], "openFaxes()");
  const connection = connectionFrom(options);
  const { olderThan, signal = new AbortController().signal } = options;
  const before = olderThan instanceof Date ? olderThan : new Date(connection.clock.nowMs() - olderThan);
  if (Number.isNaN(before.getTime())) {
    throw new ConfigurationError(
      "option_out_of_bounds",
      "olderThan is not a time. Expected a Date, or milliseconds ago.",
    );
  }
  return read(connection, before, signal);
}

async function* read(connection: Connection, before: Date, signal: AbortSignal): AsyncGenerator<OpenFax> {
  const notes = new Notes();
  const tell = async (): Promise<void> => {};
  const calls = new Calls({ connection, notes, tell, signal });
  const onIncomplete = (isCutShort: boolean): void => {
    if (!isCutShort) return;
    const messages = notes.list().map(({ message }) => message);
    throw new CatchUpError("answer_not_understood", messages.join(" "));
  };
  for (const status of OPEN_STATUSES) {
    const query = { status, created_before: before.toISOString() };
    const setting = { calls, notes, tell, maxPages: connection.maxPages, onIncomplete };
    for await (const entries of pagesOf({ list: "faxes", path: "/faxes", query }, setting)) {
      for (const entry of entries) {
        const { id, created_at, status: now } = membersOf(entry);
        const createdMs = timeFrom(created_at);
        if (!isId(id) || now !== status) continue;
        yield { id, status, createdAt: createdMs === undefined ? undefined : new Date(createdMs) };
      }
    }
  }
}
