/** What this package needs of a `Queue`, the producer binding in your Worker's `env`. */
export interface CloudflareQueueBinding {
  /** Resolves once the queue has stored the message. */
  send(
    message: unknown,
    options: { readonly contentType: "json"; readonly delaySeconds?: number },
  ): PromiseLike<unknown>;
}

/** What this package needs of an `R2Bucket` or a `KVNamespace`, a binding in your Worker's `env`. */
export interface LargeBodiesBinding {
  /** Stores a text; KV deletes it after `expirationTtl` seconds, which R2 does not know. */
  put(key: string, value: string, options?: object): PromiseLike<unknown>;
  /** A text (KV), an object with a method `text` (R2), or null. */
  get(key: string): PromiseLike<unknown>;
}

/** What this package needs of a `D1Database`, the binding in your Worker's `env`. */
export interface ParkedDatabaseBinding {
  /** Makes a statement from SQL text. */
  prepare(query: string): ParkedStatement;
  /** Runs statements in one transaction. */
  batch(statements: ParkedStatement[]): PromiseLike<unknown>;
}

/** What this package needs of a `D1PreparedStatement`. */
export interface ParkedStatement {
  /** The statement with values for its placeholders. */
  bind(...values: unknown[]): ParkedStatement;
  /** Runs the statement; resolves with `{ results }`, its rows. */
  all(): PromiseLike<unknown>;
}

/** What this package needs of a `MessageBatch`, the first argument of a Worker's `queue()`. */
export interface CloudflareBatch {
  /** The queue's name. */
  readonly queue: string;
  /** Up to `max_batch_size`. */
  readonly messages: readonly CloudflareMessage[];
  /** Has all of them delivered again. */
  retryAll(options: { readonly delaySeconds: number }): void;
}

/** What this package needs of a `Message`. */
export interface CloudflareMessage {
  /** Cloudflare's own. */
  readonly id: string;
  /** When it was sent. */
  readonly timestamp: Date;
  /** What was sent. */
  readonly body: unknown;
  /** How often it was delivered, from 1. */
  readonly attempts: number;
  /** Has it deleted. */
  ack(): void;
  /** Has it delivered again. */
  retry(options: { readonly delaySeconds: number }): void;
}

/** What this package needs of an `ExecutionContext`. */
export interface CloudflareExecution {
  /** Lets work go on for up to 30 s. */
  waitUntil(promise: Promise<unknown>): void;
}
