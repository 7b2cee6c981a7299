import { forgettingFrom } from "./dedup/answers.ts";
import { processLeased } from "./dedup/process-leased.ts";
import { processTransactional } from "./dedup/process-transactional.ts";
import { withinTime } from "./dedup/store-call.ts";
import { Unrecorded } from "./dedup/unrecorded.ts";
import type { Handler } from "./dispatch/handler.ts";
import { Router } from "./dispatch/router.ts";
import type { HandlerRun } from "./dispatch/run.ts";
import { InFlight } from "./in-flight.ts";
import { isPromiseLike } from "./maybe-promise.ts";
import type { Settings } from "./settings.ts";
import type { DedupKey, Forgetting } from "./store/contract.ts";

/** Deduplicates tasks and calls their handlers: deliveries over HTTP, or messages of a queue. */
export class Processor<Context, Tx> {
  readonly inFlight: InFlight = new InFlight();
  readonly #router = new Router<Context>();
  readonly #unrecorded = new Unrecorded(this.inFlight);

  /** @throws {ConfigurationError} for a second handler, or a pattern that could never match */
  on(pattern: string, handler: Handler<never, Context>): void {
    this.#router.add(pattern, handler);
  }

  handlerOf(type: string): Handler<never, Context> | undefined {
    return this.#router.find(type);
  }

  get hasHandlers(): boolean {
    return this.#router.hasHandlers;
  }

  /** Ends the run, at its deadline at the latest. */
  process(run: HandlerRun<Tx>, key: DedupKey): void {
    const store = run.settings.store();
    if (store.kind === "lease") processLeased(store, key, run, this.#unrecorded);
    else processTransactional(store, key, run);
  }

  async forget({ store }: Pick<Settings<never, Tx>, "store">, key: DedupKey): Promise<Forgetting> {
    const answer = store().forget(key);
    return forgettingFrom(isPromiseLike(answer) ? await withinTime(answer) : answer);
  }

  /** Resolves once no task is under way. */
  async drain(): Promise<void> {
    await this.inFlight.idle();
  }
}
