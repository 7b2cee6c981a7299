/** A store under test. */
export type StoreKind = "memory" | "redis" | "postgres" | "postgres tx" | "mysql" | "mysql tx" | FileKind;

/** The store in an SQLite file, by its driver. */
export type FileKind = "better-sqlite3" | "node:sqlite";

/** Bugs that can be put in on purpose, to see that the harness finds them. */
export const PLANTS = [
  /** A holder whose claim was taken over is told that its completion counts. */
  "accept-stale",
  /** "Remember, then work": the id is done as soon as it is claimed. */
  "remember-first",
  /** In same-transaction mode, the handler writes past `tx`. */
  "outside-tx",
  /** A web process has its queue answer before the engine has stored the event. */
  "answer-before-stored",
  /** A worker's store grants every claim. */
  "work-without-claim",
  /** In same-transaction mode, the pool does not get the place of a broken connection back. */
  "keep-place",
] as const;
export type Plant = (typeof PLANTS)[number];

/** What the conductor tells a receiver process, as JSON in FAULTS_RECEIVER. */
export interface ReceiverSettings {
  readonly secret: string;
  readonly store: StoreKind;
  readonly url: string;
  /** Where to find a Redis that has replicas; empty for one that is found by its URL. */
  readonly sentinels: readonly { readonly host: string; readonly port: number }[];
  readonly waitReplicas: number;
  /** Whether it calls `store.migrate()` before it listens. */
  readonly migrates: boolean;
  /** Of the connections to the store. */
  readonly name: string;
  readonly ledger: string;
  /** How long a handler works at most, half of it before its effect and half of it after. */
  readonly workMs: number;
  /** Whether the handler refuses to have an effect where a newer claim has had its own. */
  readonly heedsFence: boolean;
  readonly plant: Plant | undefined;
}
