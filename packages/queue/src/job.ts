import { traceFrom } from "./message/trace.ts";
import type { WorkFacts } from "./telemetry.ts";

/** A message, as an engine hands it to a worker. */
export interface Job {
  /** The engine's name, as {@link Queue.engine}. */
  readonly engine: string;
  /** The engine's name for the queue or task. */
  readonly queue: string;
  /** What the engine has kept of the message: a JSON value. */
  readonly message: unknown;
  /** How often the engine has tried it, this time included: from 1. */
  readonly attempt: number;
  /** Whether the engine does not try it again by itself after this attempt. */
  readonly isLastAttempt: boolean;
  /** Why it is parked without an attempt: the engine has given up on it by itself, or has lost a part of it. */
  readonly abandoned?: string | undefined;
  /** Aborted when the engine takes the message away or shuts down. */
  readonly signal?: AbortSignal | undefined;
}

/** A processor of another engine may give anything; without a message, it is parked. */
export function readable(job: Job): Job {
  try {
    const { engine, queue, message, attempt, isLastAttempt, abandoned, signal } = job;
    return { engine, queue, message, attempt, isLastAttempt, abandoned, signal };
  } catch {
    return { engine: "", queue: "", message: undefined, attempt: 1, isLastAttempt: false };
  }
}

export function factsOf({ engine, queue, attempt, message }: Job): WorkFacts {
  return {
    engine,
    queue,
    attempt,
    trace: traceFrom((message as { trace?: unknown } | null | undefined)?.trace),
  };
}
