import { withinLimit } from "@mintfax-webhooks/core/store";
import { isId, membersOf } from "../api/read.ts";
import { CatchUpError } from "../errors.ts";
import type { OutstandingFax } from "./fax.ts";

/** Faxes without a final status here: a list, a generator, a stream of rows, or a promise of one. */
export type Outstanding =
  | Iterable<OutstandingFax>
  | AsyncIterable<OutstandingFax>
  | PromiseLike<Iterable<OutstandingFax> | AsyncIterable<OutstandingFax>>;

/** Each takes some 100 bytes. */
export const OUTSTANDING_MAX = 100_000;
const WAIT_MAX_MS = 60_000;

/** What `outstanding` gave. */
export interface OutstandingFaxes {
  /** When each was submitted, in milliseconds, by its id; undefined where it was not said. */
  readonly sinceMs: Map<string, number | undefined>;
  /** Entries without an id that can be asked for. */
  readonly notUnderstood: number;
  /** Whether there are more than {@link OUTSTANDING_MAX}. */
  readonly isCutOff: boolean;
}

/** @throws {CatchUpError} where `outstanding` throws, hangs or gives something else */
export async function readOutstanding(outstanding: () => Outstanding): Promise<OutstandingFaxes> {
  const sinceMs = new Map<string, number | undefined>();
  let notUnderstood = 0;
  try {
    const given = await inTime(Promise.resolve(outstanding()));
    for await (const fax of stepByStep(given)) {
      const { id, since } = membersOf(fax);
      if (!isId(id)) {
        notUnderstood += 1;
        continue;
      }
      const ms = since instanceof Date ? since.getTime() : Number.NaN;
      sinceMs.set(id, Number.isNaN(ms) ? undefined : ms);
      if (sinceMs.size === OUTSTANDING_MAX) return { sinceMs, notUnderstood, isCutOff: true };
    }
  } catch (cause) {
    throw new CatchUpError(
      "outstanding_failed",
      "outstanding failed, so no faxes were compared; the cause says why.",
      { cause },
    );
  }
  return { sinceMs, notUnderstood, isCutOff: false };
}

/** Waits for each fax, since a cursor on a database may never answer. */
async function* stepByStep(given: unknown): AsyncGenerator<unknown> {
  const members = membersOf(given) as Partial<AsyncIterable<unknown> & Iterable<unknown>>;
  const begin: (() => Iterator<unknown> | AsyncIterator<unknown>) | undefined =
    members[Symbol.asyncIterator] ?? members[Symbol.iterator];
  if (typeof begin !== "function") {
    throw new TypeError(
      "outstanding() gave no list and no iterator. Expected faxes such as [{ id, since }].",
    );
  }
  const iterator = Reflect.apply(begin, given, []);
  let isOver = false;
  try {
    for (;;) {
      const { done, value } = await inTime(Promise.resolve(iterator.next()));
      isOver = done === true;
      if (isOver) return;
      yield value;
    }
  } finally {
    if (!isOver) void Promise.resolve(iterator.return?.()).catch(() => {});
  }
}

function inTime<T>(promised: Promise<T>): Promise<T> {
  return withinLimit(
    promised,
    WAIT_MAX_MS,
    (ms) => new Error(`outstanding() did not go on within ${ms} ms.`),
  );
}
