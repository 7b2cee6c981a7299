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
