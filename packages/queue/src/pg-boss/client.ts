import { ConfigurationError } from "@mintfax-webhooks/core/store";

/** What this package needs of an instance of `PgBoss`, version 11 or 12. */
export interface PgBossLike {
  /** Stores a job; resolves with null where one of this id is there. */
  send(
    name: string,
    data: object,
    options: { readonly id?: string; readonly db?: PgBossDatabase },
  ): Promise<string | null>;
  /** Reads a job. */
  getJobById(
    name: string,
    id: string,
    options: { readonly db?: PgBossDatabase },
  ): Promise<{ readonly state: string; readonly data: unknown } | null>;
  /** Deletes a job, in any state. */
  deleteJob(name: string, id: string, options: { readonly db?: PgBossDatabase }): Promise<unknown>;
  /** Ends jobs that are being worked on. */
  complete(name: string, ids: string[]): Promise<unknown>;
  /** Makes a queue, unless it is there. */
  createQueue(name: string, options: object): Promise<void>;
  /** Changes the options of a queue, for jobs that are sent afterwards. */
  updateQueue(name: string, options: object): Promise<void>;
  /** Reads a queue. */
  getQueue(name: string): Promise<{ readonly policy?: string; readonly retryLimit?: number } | null>;
  /** pg-boss's own connections. */
  getDb(): PgBossDatabase;
  /** Of `EventEmitter`. */
  listenerCount(event: "error"): number;
}

/** Runs statements: what pg-boss calls a `db`. */
export interface PgBossDatabase {
  /**
   * Runs one statement, and resolves with its rows.
   *
   * @param values of the parameters `$1`, `$2` and so on
   */
  // biome-ignore lint/suspicious/noExplicitAny: as pg-boss has it
  executeSql(text: string, values?: unknown[]): Promise<{ rows: any[] }>;
}

/** What this package needs of a job as `boss.work` hands it over. */
export interface PgBossJob {
  /** A UUID. */
  readonly id: string;
  /** Of its queue. */
  readonly name: string;
  /** What was sent. */
  readonly data: unknown;
  /** How often it was tried before; pg-boss tells it where `boss.work` has the option `includeMetadata: true`. */
  readonly retryCount?: number;
  /** After how long pg-boss gives it to another worker; told with `includeMetadata: true`, too. */
  readonly expireInSeconds?: number;
  /** Aborted once the job has expired; from pg-boss 12 on. */
  readonly signal?: AbortSignal;
}

/** Members that pg-boss 10 and older lack: there a lost connection ends the process, and `send` hides a missing queue. */
const SINCE_11 = ["getQueueStats", "deleteStoredJobs"];
const SINCE_10 = ["send", "complete", "createQueue", "updateQueue", "getQueue", "getJobById", "deleteJob"];

/**
 * @param of the function that was given it
 * @throws {ConfigurationError} for a value that is not a PgBoss of version 11 or 12, or one without a listener for errors
 */
export function checkBoss(boss: PgBossLike, of: string): void {
  const members = (boss ?? {}) as unknown as Readonly<Record<string, unknown>>;
  const lacks = (method: string): boolean => typeof members[method] !== "function";
  if (typeof boss === "function" || [...SINCE_10, "listenerCount", "getDb"].some(lacks)) {
    throw invalid(`${of}: expected an instance of PgBoss, as \`new PgBoss(connectionString)\` makes one.`);
  }
  if (SINCE_11.some(lacks)) {
    throw invalid(
      `${of}: this PgBoss is older than version 11. Install pg-boss 11 or 12 (\`npm install pg-boss@12\`).`,
    );
  }
  if (boss.listenerCount("error") === 0) {
    throw invalid(
      `${of}: this PgBoss has no listener for errors, so a lost connection would end the process. Before this call, add ` +
        '`boss.on("error", (error) => console.error(error.message))`.',
    );
  }
}

function invalid(message: string): ConfigurationError {
  return new ConfigurationError("option_invalid", message);
}
