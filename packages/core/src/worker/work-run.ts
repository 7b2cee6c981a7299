import type { Handler } from "../dispatch/handler.ts";
import { type Grant, HandlerRun } from "../dispatch/run.ts";
import type { Envelope } from "../events/index.ts";
import type { InFlight } from "../in-flight.ts";
import type { WorkContext, WorkItem } from "./work.ts";
import type { WorkTask } from "./work-task.ts";

/** The handler of a message. */
export class WorkRun<Tx> extends HandlerRun<WorkContext<Tx>, Tx> {
  readonly #item: WorkItem;

  constructor(
    handler: Handler<never, WorkContext<Tx>>,
    task: WorkTask<Tx>,
    event: Envelope<string, unknown>,
    inFlight: InFlight,
  ) {
    super(handler, task, event, inFlight);
    this.#item = task.item;
  }

  protected contextFor(grant: Grant<Tx>): WorkContext<Tx> {
    const context: Context & { tx?: Tx } = new Context(this, this.#item, grant.fence);
    if ("tx" in grant) context.tx = grant.tx;
    // `WorkContext` has `tx` exactly where the store grants one, which no type checker can follow.
    return context as unknown as WorkContext<Tx>;
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
