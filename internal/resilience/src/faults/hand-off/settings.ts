import type { Plant } from "../receiver/settings.ts";

/** An engine under test. With one in PostgreSQL, both stages have a transactional store in the same database. */
export const ENGINE_KINDS = ["bullmq", "pg-boss", "graphile-worker"] as const;
export type EngineKind = (typeof ENGINE_KINDS)[number];

/** Where an engine keeps its jobs: of one row of the table alone. */
export interface EnginePlace {
  readonly engine: EngineKind;
  readonly url: string;
  /** Of a schema, or of keys. */
  readonly name: string;
}

/** What the conductor tells a web or a worker process, as JSON in FAULTS_RECEIVER. */
export interface HandOffSettings extends EnginePlace {
  readonly secret: string;
  /** Of the process's stage. */
  readonly ledger: string;
  readonly workMs: number;
  readonly heedsFence: boolean;
  readonly plant: Plant | undefined;
}
