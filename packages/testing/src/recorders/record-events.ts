import type { Envelope, EventOf, MintfaxEvent, MintfaxEventType, UnknownEvent } from "@mintfax-webhooks/core";
import { Recording, type WaitOptions } from "./recording.ts";

/** Options of {@link recordEvents}. */
export interface RecordEventsOptions {
  /** How many runs of each event fail before one succeeds. Default 0. */
  readonly failures?: number;
}

/** A handler that remembers what it was given. Every run counts, failed ones too. */
export interface EventRecorder {
  /** To be registered, for as many patterns as you like. */
  readonly handler: (event: Envelope<string, unknown>) => void;
  /** In the order in which the handler was run. */
  readonly events: readonly (MintfaxEvent | UnknownEvent)[];
  /** Their ids: one that stands there twice was handled twice. */
  readonly ids: readonly string[];
  /** Those of one type, typed. */
  of<Type extends MintfaxEventType>(type: Type): EventOf<Type>[];
  /**
   * The first event of a type, or the first for which a predicate holds, seen already or to come.
   *
   * @throws {NotSeenError} where none comes in time
   */
  waitFor<Type extends MintfaxEventType>(type: Type, options?: WaitOptions): Promise<EventOf<Type>>;
  /** The first event for which a predicate holds; as above. */
  waitFor(
    predicate: (event: MintfaxEvent | UnknownEvent) => boolean,
    options?: WaitOptions,
  ): Promise<MintfaxEvent | UnknownEvent>;
}

/**
 * Tells which events reached a handler, in which order and how often. To watch handlers of your own instead, take
 * {@link recordOutcomes}.
 *
 * @throws {TypeError} where `failures` is no whole number from 0
 *
 * @example
 * ```ts
 * const seen = recordEvents({ failures: 1 });
 * const webhooks = createFetchHandler({ secret }).on("fax.*", seen.handler);
 * const sender = createTestSender({ secret, to: webhooks, timeScale: 0 });
 * const { id } = await sender.deliver(eventFixture("fax.failed"));
 * expect(seen.ids).toEqual([id, id]); // it failed once, and mintfax tried again
 * ```
 */
export function recordEvents(options: RecordEventsOptions = {}): EventRecorder {
  const { failures = 0 } = options;
  if (!Number.isInteger(failures) || failures < 0) {
    throw new TypeError(`recordEvents: \`failures\` is ${failures}; expected a whole number from 0.`);
  }
  // Verified by the receiver, which knows no more of an event than its type either.
  const recording = new Recording<MintfaxEvent | UnknownEvent>(({ type, id }) => `${type} ${id}`);
  // An array that grows, not a getter: it has to stay true for whoever takes the recorder apart.
  const ids: string[] = [];
  return {
    events: recording.items,
    ids,
    handler(event) {
      ids.push(event.id);
      recording.add(event as MintfaxEvent | UnknownEvent);
      const run = ids.filter((id) => id === event.id).length;
      if (run <= failures)
        throw new Error(`recordEvents: run ${run} fails, as \`failures: ${failures}\` asks.`);
    },
    of<Type extends MintfaxEventType>(type: Type) {
      return recording.items.filter((event) => event.type === type) as EventOf<Type>[];
    },
    waitFor(wanted: unknown, waitOptions?: WaitOptions) {
      const matches =
        typeof wanted === "function"
          ? (wanted as (event: MintfaxEvent | UnknownEvent) => boolean)
          : ({ type }: { type: string }) => type === wanted;
      const name = typeof wanted === "function" ? "An event that matches" : String(wanted);
      return recording.waitFor(matches, name, waitOptions) as Promise<never>;
    },
  };
}
