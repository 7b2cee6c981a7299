import { callUnawaited } from "./call-unawaited.ts";
import { Authentic, authenticate, refused } from "./delivery/authenticate.ts";
import { endingOfFailure, keysOf } from "./delivery/failed.ts";
import { keepAlive } from "./delivery/keep-alive.ts";
import { triage } from "./delivery/triage.ts";
import { DeliveryRun } from "./dispatch/delivery-run.ts";
import type { EventByPattern, EventPattern, Handler, HandlerContext } from "./dispatch/handler.ts";
import { inFull } from "./error-text.ts";
import type { Answer, IncomingDelivery } from "./incoming.ts";
import { isPromiseLike } from "./maybe-promise.ts";
import { type OptionsResolver, type ReceiverOptions, settingsFrom } from "./options.ts";
import { answerFor } from "./outcome/answer.ts";
import { type Ending, endingOf, UNHANDLED } from "./outcome/ending.ts";
import { Facts } from "./outcome/facts.ts";
import { callHook } from "./outcome/hooks.ts";
import { isRoutine, logProblems } from "./outcome/log.ts";
import { type OutcomeHook, type OutcomeRecord, outcomeRecord } from "./outcome/record.ts";
import { followed } from "./outcome/telemetry.ts";
import { OptionsFailure, SettingsResolver } from "./per-request.ts";
import { print } from "./print.ts";
import { Processor } from "./processor.ts";
import { Refusal } from "./refusal.ts";
import type { Settings } from "./settings.ts";
import { KeyResolver } from "./signature/resolver.ts";
import type { Forgetting } from "./store/contract.ts";
import type { ReceiverSetup, Webhooks } from "./webhooks.ts";

/** The configured engine. An adapter mounts it on a framework. */
export interface Receiver<Platform = unknown, Tx = never> extends Webhooks<Platform, Tx> {
  /** Takes one delivery through verification, deduplication and dispatch. Never rejects. */
  receive(incoming: IncomingDelivery<Platform>): Promise<Answer>;
}

/**
 * Sets up a receiver. Applications usually go through an adapter's `mintfaxWebhooks()` or through
 * `createFetchHandler()`; this is for building one.
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
  readonly #processor = new Processor<HandlerContext<Platform, Tx>, Tx>();

  /** One for all deliveries: thousands of them may be under way. */
  readonly #onEnd = (run: DeliveryRun<Platform, Tx>, ending: Ending): Answer =>
    this.#end(run.incoming, run.settings.onOutcome, run, ending, run.report);

  constructor(settings: Settings<Platform, Tx> | SettingsResolver<Platform, Tx>) {
    this.#settings = settings;
  }

  on<Pattern extends EventPattern>(
    pattern: Pattern,
    handler: Handler<EventByPattern[Pattern], HandlerContext<Platform, Tx>>,
  ): this {
    this.#processor.on(pattern, handler);
    return this;
  }

  async forget(id: string, platform?: Platform): Promise<Forgetting> {
    const settings = await this.#settingsFor(platform as Platform);
    return this.#processor.forget(settings, { namespace: settings.namespace, id });
  }

  // Stryker disable next-line StringLiteral: it takes no other name there
  "~setup"(platform?: Platform): ReceiverSetup {
    return {
      hasHandlers: this.#processor.hasHandlers,
      settings: this.#settingsFor(platform as Platform),
    };
  }

  /** @throws what the options function has thrown */
  async #settingsFor(platform: Platform): Promise<Settings<Platform, Tx>> {
    if (!(this.#settings instanceof SettingsResolver)) return this.#settings;
    const settings = await this.#settings.settingsFor(() => platform);
    if (settings instanceof OptionsFailure) throw settings.error;
    return settings;
  }

  drain(): Promise<void> {
    return this.#processor.drain();
  }

  receive(incoming: IncomingDelivery<Platform>): Promise<Answer> {
    this.#processor.inFlight.enter();
    const arrivedMs = performance.now();
    // Not awaited where they are there already: that is every delivery but those with bindings.
    const answer =
      this.#settings instanceof SettingsResolver
        ? this.#resolveAndBegin(incoming, this.#settings, arrivedMs)
        : this.#begin(incoming, this.#settings, arrivedMs);
    // A sender may hang up. Some platforms would then stop everything at once: a handler halfway, its claim unsettled.
    keepAlive(incoming, answer);
    return answer;
  }

  #resolveAndBegin(
    incoming: IncomingDelivery<Platform>,
    resolver: SettingsResolver<Platform, Tx>,
    arrivedMs: number,
  ): Promise<Answer> {
    const begin = (settings: Settings<Platform, Tx> | OptionsFailure): Answer | Promise<Answer> =>
      settings instanceof OptionsFailure
        ? this.#end(incoming, settings.onOutcome, new Facts(arrivedMs), settings.ending)
        : this.#begin(incoming, settings, arrivedMs);
    const settings = resolver.settingsFor(() => incoming.platform);
    return Promise.resolve(isPromiseLike(settings) ? settings.then(begin) : begin(settings));
  }

  #begin(
    incoming: IncomingDelivery<Platform>,
    settings: Settings<Platform, Tx>,
    arrivedMs: number,
  ): Promise<Answer> {
    const { telemetry } = settings;
    return telemetry === undefined
      ? this.#follow(incoming, settings, arrivedMs)
      : followed<Answer, OutcomeRecord>(
          (deliver) => telemetry.onDelivery(deliver),
          (report) => this.#follow(incoming, settings, arrivedMs, report),
        );
  }

  #follow(
    incoming: IncomingDelivery<Platform>,
    settings: Settings<Platform, Tx>,
    arrivedMs: number,
    report?: (record: OutcomeRecord) => void,
  ): Promise<Answer> {
    const { inFlight } = this.#processor;
    return new Promise((resolve) => {
      void this.#receive(
        new DeliveryRun(incoming, settings, arrivedMs, inFlight, this.#onEnd, resolve, report),
      );
    });
  }

  /**
   * Headers, then bytes, then signature, then JSON: nothing is looked at before what comes before it has held. Over once the
   * handler is at work, so that nothing of this is kept meanwhile.
   */
  async #receive(run: DeliveryRun<Platform, Tx>): Promise<void> {
    try {
      const { incoming, settings } = run;
      const signed = triage(incoming, settings.toleranceSeconds, settings.bodyLimits.limitBytes);
      if (signed instanceof Refusal) return run.end(refused(signed));
      run.id = signed.id;
      // Each of these waits costs a turn of the microtask queue, so there is none where nothing is to be waited for.
      const keys =
        settings.keys instanceof KeyResolver
          ? await keysOf(incoming, run.leftMs(), settings.keys)
          : settings.keys;
      const body = await incoming.readBody(settings.bodyLimits);
      const found = authenticate(run, signed, keys, body);
      const authentic = isPromiseLike(found) ? await found : found;
      const ending = authentic instanceof Authentic ? this.#process(run, authentic) : authentic;
      if (ending !== undefined) run.end(ending);
    } catch (error) {
      run.end(endingOfFailure(error));
    }
  }

  /** @returns how the delivery ends where no handler is called; otherwise the run is ended later */
  #process(run: DeliveryRun<Platform, Tx>, authentic: Authentic): Ending | undefined {
    const { namespace, deadlineMs } = run.settings;
    const handler = this.#processor.handlerOf(run.type as string);
    // Not recorded either: a replay works once a handler has been deployed.
    if (handler === undefined) return UNHANDLED;
    // What came before, a function that finds secrets or a body in pieces, has taken all of the time.
    if (run.leftMs() <= 0) return neverStarted(deadlineMs);
    run.prepare(handler, authentic);
    this.#processor.process(run, { namespace, id: authentic.id });
    return undefined;
  }

  #end(
    incoming: IncomingDelivery<Platform>,
    onOutcome: OutcomeHook,
    facts: Facts,
    ending: Ending,
    report?: (record: OutcomeRecord) => void,
  ): Answer {
    // Nearly every delivery has no one to tell.
    if (report !== undefined || onOutcome !== logProblems || !isRoutine(ending)) {
      const record = outcomeRecord(ending, facts);
      callHook(onOutcome, record);
      report?.(record);
    }
    callUnawaited(letGo, incoming, letGoFailed);
    this.#processor.inFlight.leave();
    return answerFor(ending, facts.id);
  }
}

function neverStarted(deadlineMs: number): Ending {
  const message = `Receiving the delivery took longer than ${deadlineMs} ms (deadlineMs); the handler did not run.`;
  return endingOf("handler_timed_out", message);
}

function letGo(incoming: IncomingDelivery): unknown {
  return incoming.letGo?.();
}

function letGoFailed(error: unknown): void {
  print(`the body of a request could not be released: ${inFull(error)}.`);
}
