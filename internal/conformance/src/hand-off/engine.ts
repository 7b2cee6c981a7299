import type { EventPattern, LeaseStore, TransactionalStore } from "@mintfax-webhooks/core";
import type { Parked, Queue, SealOptions } from "@mintfax-webhooks/queue";

/** An engine under test, with its server. */
export interface HandOffEngine {
  /** For a heading: "pg-boss". */
  readonly name: string;
  /** Makes an empty queue and an empty store, of their own, on the engine's server. */
  open(options?: OpenOptions): Promise<OpenEngine>;
  /** The engine's server. Left out where no test can stop it. */
  readonly server?: EngineServer;
  /**
   * Path of a program that only does `await serveProcess(connect)`, of `conformance/hand-off/process`. Left out where workers
   * are not processes of Node.
   */
  readonly program?: string;
  /** Each makes a queue, a processor or a `Parked` of a client that is of another kind. By what is wrong with it. */
  readonly wrongClients: Readonly<Record<string, () => unknown>>;
  /** A queue whose tables or whose binding are missing. Left out where the engine has none to miss. */
  openWithoutTables?(): Promise<Pick<OpenEngine, "queue" | "close">>;
  /** The longest body that fits into a message of the engine. Left out where every body of a receiver does. */
  readonly bodyLimitBytes?: number;
  /** Left out where the engine is not in a database that a store could share. */
  openTransactional?(): Promise<OpenTransactional>;
}

export interface OpenOptions {
  /** How long the engine tries a message. Default: as the engine's functions have it. */
  readonly retryForMs?: number;
}

/** SIGKILL, a new start on the same data, SIGSTOP and SIGCONT. */
export interface EngineServer {
  kill(): Promise<void>;
  restart(): Promise<void>;
  freeze(): void | Promise<void>;
  thaw(): void | Promise<void>;
}

/** What one process has of a queue. */
export interface Connection {
  readonly queue: Queue;
  /** In a database or server, so that all processes share it. Its time limit is 5 s, the highest. */
  readonly store: LeaseStore;
  /**
   * Starts the engine's own worker on a `createSuiteWorker(setup, store)`. It takes four messages at once or more. What a
   * production would wait for between two looks at the queue is short: 100 ms or less.
   */
  startWorker(setup: WorkerSetup): Promise<RunningWorker>;
  close(): Promise<void>;
}

export interface RunningWorker {
  /** Takes no more messages, and waits for those under way. */
  stop(): Promise<void>;
}

/** A queue and its store, as the test's own process has them, with what a test does to them behind mintfax's back. */
export interface OpenEngine extends Connection {
  readonly parked: Parked;
  /** Adds a message as a client of the engine without this package would. */
  put(message: unknown): Promise<void>;
  /** Deletes what the engine holds of an event, as a person would by its dashboard. Rejects while a worker has it. */
  remove(id: string): Promise<void>;
  /**
   * Moves all times in the queue and in the store back by so many milliseconds: what waits for a time within them is due, and
   * leases and locks that are not renewed meanwhile have ended. No test sleeps.
   */
  elapse(ms: number): Promise<void>;
  /** Whether a worker has a message: the engine has not yet recorded how its attempt ended. */
  isAtWork(): Promise<boolean>;
  /** All that is at rest in the engine's server, as text: every row of every table, every key. */
  dump(): Promise<string>;
  /** What the `connect` of `HandOffEngine.program` is given. */
  readonly place?: string;
}

export interface OpenTransactional {
  readonly queue: Queue;
  /** In the engine's own database; each of another library. By name. */
  readonly stores: Readonly<Record<string, TransactionalStore<unknown>>>;
  /** In a database that has neither the engine's tables nor its schema. */
  readonly elsewhere: TransactionalStore<unknown>;
  /** How many messages the engine holds. */
  count(): Promise<number>;
  close(): Promise<void>;
}

/** A worker of the suite: JSON, so that it can start in another process. */
export interface WorkerSetup {
  /** Where its handlers and hooks report: `Ledger.url`. */
  readonly ledger: string;
  /** What it has handlers for. Default: every event. */
  readonly patterns?: readonly EventPattern[];
  readonly seal?: SealOptions;
}
