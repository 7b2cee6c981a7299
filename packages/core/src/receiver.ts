import { Alarms } from "#alarms";
import { processLeased } from "./dedup/process-leased.ts";
import { processTransactional } from "./dedup/process-transactional.ts";
import type { Forgetting } from "./dedup/store.ts";
import { answerFor } from "./delivery/answer.ts";
import { Authentic, authenticate } from "./delivery/authenticate.ts";
import { Facts } from "./delivery/facts.ts";
import type { Answer, IncomingDelivery } from "./delivery/incoming.ts";
import type { EventByPattern, EventPattern, Handler, HandlerContext } from "./dispatch/handler.ts";
import { Router } from "./dispatch/router.ts";
import { type Ending, HandlerRun } from "./dispatch/run.ts";
import { InFlight } from "./in-flight.ts";
import type { MaybePromise } from "./maybe-promise.ts";
import { callHook, logProblems, type OutcomeHook, type OutcomeRecord, outcomeRecord } from "./observe.ts";
import { type OptionsResolver, type ReceiverOptions, type Settings, settingsFrom } from "./options.ts";
import { conclude, UNHANDLED } from "./outcome.ts";
import { SettingsResolver } from "./per-request.ts";
import { followed } from "./telemetry.ts";
import type { Webhooks } from "./webhooks.ts";

/** The configured engine. An adapter mounts it on a framework. */
export interface Receiver<Platform = unknown, Tx = never> extends Webhooks<Platform, Tx> {
  /** Takes one delivery through verification, deduplication and dispatch. Never rejects. */
  receive(incoming: IncomingDelivery<Platform>): Promise<Answer>;
}

/**
 * Sets up a receiver. Applications usually go through an adapter's `mintfaxWebhooks()` or through
 * {@link createFetchHandler}; this is for building one.
 *
 * @param options or a function that makes them of each request
 * @throws {ConfigurationError} where the secret or an option cannot work
 *
 * @example
 * ```ts
 * const receiver = createReceiver({ secret: "whsec_..." }).on("fax.delivered", markSent);
 * const answer = await receiver.receive(delivery);
 * ```
 */
export function createReceiver<Platform = unknown, Tx = never>(
  options: ReceiverOptions<Platform, Tx> | OptionsResolver<Platform, Tx> = {},
): Receiver<Platform, Tx> {
  return new Engine(typeof options === "function" ? new SettingsResolver(options) : settingsFrom(options));
}

class Engine<Platform, Tx> implements Receiver<Platform, Tx> {
  readonly #settings: Settings<Platform, Tx> | SettingsResolver<Platform, Tx>;
  readonly #router = new Router<HandlerContext<Platform, Tx>>();
  readonly #inFlight = new InFlight();
  readonly #alarms = new Alarms();

  constructor(settings: Settings<Platform, Tx> | SettingsResolver<Platform, Tx>) {
    this.#settings = settings;
  }

  on<Pattern extends EventPattern>(
    pattern: Pattern,
    handler: Handler<EventByPattern[Pattern], HandlerContext<Platform, Tx>>,
  ): this {
    this.#router.add(pattern, handler);
    return this;
  }

  async forget(id: string, platform?: Platform): Promise<Forgetting> {
    const { store, namespace } = await this.#settingsFor(platform as Platform);
    return store.forget({ namespace, id });
  }

  #settingsFor(platform: Platform): Settings<Platform, Tx> | Promise<Settings<Platform, Tx>> {
    return this.#settings instanceof SettingsResolver ? this.#settings.settingsFor(platform) : this.#settings;
  }

  async drain(): Promise<void> {
    await this.#inFlight.idle();
    this.#alarms.stop();
  }

  receive(incoming: IncomingDelivery<Platform>): Promise<Answer> {
    const facts = new Facts();
    this.#inFlight.enter();
    const found = this.#settingsFor(incoming.platform);
    // Not awaited where they are there already: that is every delivery but those with bindings.
    const answer =
      found instanceof Promise
        ? found.then(
            (settings) => this.#begin(incoming, settings, facts),
            (error: unknown) => this.#end(incoming, brokenInside(error), facts),
          )
        : this.#begin(incoming, found, facts);
    // A sender may hang up. Some platforms would then stop everything at once: a handler halfway, its claim unsettled.
    incoming.waitUntil?.(answer);
    return answer;
  }

  #begin(
    incoming: IncomingDelivery<Platform>,
    settings: Settings<Platform, Tx>,
    facts: Facts,
  ): Promise<Answer> {
    return settings.telemetry === undefined
      ? this.#receive(incoming, settings, facts)
      : followed(settings.telemetry, (report) => this.#receive(incoming, settings, facts, report));
  }

  async #receive(
    incoming: IncomingDelivery<Platform>,
    settings: Settings<Platform, Tx>,
    facts: Facts,
    report?: (record: OutcomeRecord) => void,
  ): Promise<Answer> {
    let ending: Ending;
    try {
      const delivery = await authenticate(incoming, settings, facts);
      ending =
        delivery instanceof Authentic ? await this.#dispatch(incoming, delivery, settings, facts) : delivery;
    } catch (error) {
      ending = brokenInside(error);
    }
    return this.#end(incoming, ending, facts, settings.onOutcome, report);
  }

  #end(
    incoming: IncomingDelivery<Platform>,
    ending: Ending,
    facts: Facts,
    onOutcome: OutcomeHook = logProblems,
    report?: (record: OutcomeRecord) => void,
  ): Answer {
    const record = outcomeRecord(ending, facts);
    callHook(onOutcome, record);
    report?.(record);
    incoming.letGo?.();
    this.#inFlight.leave();
    return answerFor(ending.conclusion, facts.id);
  }

  #dispatch(
    incoming: IncomingDelivery<Platform>,
    delivery: Authentic,
    settings: Settings<Platform, Tx>,
    facts: Facts,
  ): MaybePromise<Ending> {
    const handler = this.#router.find(delivery.event.type);
    // Not recorded either: a replay works once a handler has been deployed.
    if (handler === undefined) return { conclusion: UNHANDLED };
    const run = new HandlerRun(handler, incoming, delivery, settings, facts, this.#inFlight, this.#alarms);
    const { store, namespace, leaseMs } = settings;
    const key = { namespace, id: delivery.id };
    return store.kind === "lease"
      ? processLeased(store, key, leaseMs, run, this.#alarms)
      : processTransactional(store, key, run, this.#alarms);
  }
}

function brokenInside(error: unknown): Ending {
  return { conclusion: conclude("internal_error", "Something broke in this server; see its log."), error };
}
