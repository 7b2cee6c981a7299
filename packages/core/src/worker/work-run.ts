import type { Handler } from "../dispatch/handler.ts";
import { type Grant, HandlerRun } from "../dispatch/run.ts";
import type { TaskSettings } from "../dispatch/task.ts";
import type { Envelope } from "../events/index.ts";
import type { InFlight } from "../in-flight.ts";
import type { Ending } from "../outcome/ending.ts";
import type { WorkContext, WorkItem } from "./work.ts";

/** A message under way. */
export class WorkRun<Tx> extends HandlerRun<Tx> {
  readonly item: WorkItem;
  readonly settings: TaskSettings<Tx>;
  /** The engine waits for the work, so nothing outlives an answer. */
  readonly isKeptAlive = false;
  readonly #onEnd: (ending: Ending) => void;
  #stopHeeding = (): void => {};
  #handler: Handler<never, WorkContext<Tx>> | undefined;
  #event: Envelope<string, unknown> | undefined;

  constructor(
    item: WorkItem,
    settings: TaskSettings<Tx>,
    inFlight: InFlight,
    onEnd: (ending: Ending) => void,
  ) {
    super(performance.now(), inFlight);
    this.id = item.id;
    this.item = item;
    this.settings = settings;
    this.#onEnd = onEnd;
  }

  keepAlive(): void {}

  /** What to call once the store grants it. */
  prepare(handler: Handler<never, WorkContext<Tx>>, event: Envelope<string, unknown>): void {
    this.#handler = handler;
    this.#event = event;
  }

  /** Aborts the handler's signal when the queue takes the message away, until the handler has ended: past its deadline too. */
  heed(signal: AbortSignal): void {
    const takenAway = (): void => this.abort(reasonOf(signal));
    if (signal.aborted) takenAway();
    signal.addEventListener("abort", takenAway);
    this.#stopHeeding = () => signal.removeEventListener("abort", takenAway);
  }

  override end(ending: Ending): void {
    try {
      this.#stopHeeding();
    } catch {
      // The work has ended, and a signal of a queue's own does not change how.
    }
    super.end(ending);
  }

  protected call(grant: Grant<Tx>): unknown {
    const handler = this.#handler as Handler<never, WorkContext<Tx>>;
    const event = this.#event;
    // From here on it is the handler's alone.
    this.#event = undefined;
    const context: Context & { tx?: Tx } = new Context(this, this.item, grant.fence);
    if ("tx" in grant) context.tx = grant.tx;
    // `WorkContext` has `tx` exactly where the store grants one, which no type checker can follow.
    return handler(event as never, context as unknown as WorkContext<Tx>);
  }

  protected answer(ending: Ending): void {
    this.#onEnd(ending);
  }
}

function reasonOf({ reason }: { readonly reason: unknown }): Error {
  return reason instanceof Error
    ? reason
    : new Error("The queue has taken the message away.", { cause: reason });
}

class Context {
  readonly id: string;
  readonly attempt: number;
  readonly fence: number;
  readonly #run: { readonly signal: AbortSignal };

  constructor(run: { readonly signal: AbortSignal }, { id, attempt }: WorkItem, fence: number) {
    this.id = id;
    this.attempt = attempt;
    this.fence = fence;
    this.#run = run;
  }

  get signal(): AbortSignal {
    return this.#run.signal;
  }
}
