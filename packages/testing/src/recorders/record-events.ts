import type { Envelope, EventOf, MintfaxEvent, MintfaxEventType, UnknownEvent } from "@mintfax-webhooks/core";
import { checkGiven } from "../given.ts";
import { Recording, type WaitOptions } from "./recording.ts";

/** Options of {@link recordEvents}. */
export interface RecordEventsOptions {
  /** How many runs of each event fail before one succeeds. Default 0. */
  readonly failures?: number;
}

/** A handler that records its events. Every run counts, failed ones too. */
export interface EventRecorder {
  /** The handler to register, for one or more patterns. */
  readonly handler: (event: Envelope<string, unknown>) => void;
  /** In the order in which the handler was run. */
  readonly events: readonly (MintfaxEvent | UnknownEvent)[];
  /** Their ids. An id that is there twice was handled twice. */
  readonly ids: readonly string[];
  /** The events of one type, typed. */
  of<Type extends MintfaxEventType>(type: Type): EventOf<Type>[];
  /**
   * The first event of a type, past or future.
   *
   * @throws {NotSeenError} where no such event comes in time
   */
  waitFor<Type extends MintfaxEventType>(type: Type, options?: WaitOptions): Promise<EventOf<Type>>;
  /** The first event for which a predicate holds, past or future. */
  waitFor(
    predicate: (event: MintfaxEvent | UnknownEvent) => boolean,
    options?: WaitOptions,
  ): Promise<MintfaxEvent | UnknownEvent>;
}

/**
 * Makes a handler that records which events reach it, in which order and how often. To watch your own handlers instead, use
 * {@link recordOutcomes}.
 *
 * @throws {TypeError} where `failures` is not a whole number from 0
 * @throws {ConfigurationError} for an option that does not exist
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
  checkGiven(options, ["failures"], "recordEvents()");
  const { failures = 0 } = options;
  if (!Number.isInteger(failures) || failures < 0) {
    throw new TypeError(`recordEvents: \`failures\` is ${failures}; expected a whole number from 0.`);
  }
  // The receiver has verified the event, and knows its type only, too.
  const recording = new Recording<MintfaxEvent | UnknownEvent>(({ type, id }) => `${type} ${id}`);
  // An array that grows, not a getter, so that it stays current after destructuring.
  const ids: string[] = [];
  const runs = new Map<string, number>();
  return {
    events: recording.items,
    ids,
    handler(event) {
      const run = (runs.get(event.id) ?? 0) + 1;
      runs.set(event.id, run);
      ids.push(event.id);
      // As it was when it came: other handlers, and the test, may change the object.
      recording.add(structuredClone(event) as MintfaxEvent | UnknownEvent);
      if (run <= failures)
        throw new Error(`recordEvents: run ${run} fails, as \`failures: ${failures}\` asks.`);
    },
    of<Type extends MintfaxEventType>(type: Type) {
      return recording.items.filter((event) => event.type === type) as EventOf<Type>[];
    },
    waitFor(wanted: string | ((event: MintfaxEvent | UnknownEvent) => boolean), waitOptions?: WaitOptions) {
      return recording.waitFor(wanted, ({ type }) => type, waitOptions) as Promise<never>;
    },
  };
}
