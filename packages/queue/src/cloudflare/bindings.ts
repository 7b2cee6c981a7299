/** What this package needs of a `Queue`, the producer binding in your Worker's `env`. */
export interface CloudflareQueueBinding {
  send(
    message: unknown,
    options: { readonly contentType: "json"; readonly delaySeconds?: number },
  ): PromiseLike<unknown>;
}

/** What this package needs of an `R2Bucket` or a `KVNamespace`, a binding in your Worker's `env`. */
export interface LargeBodiesBinding {
  put(key: string, value: string, options?: object): PromiseLike<unknown>;
  get(key: string): PromiseLike<unknown>;
  delete(key: string): PromiseLike<unknown>;
}

/** What this package needs of a `D1Database`, the binding in your Worker's `env`. */
export interface ParkedDatabaseBinding {
  prepare(query: string): ParkedStatement;
  batch(statements: ParkedStatement[]): PromiseLike<unknown>;
}

/** What this package needs of a `D1PreparedStatement`. */
export interface ParkedStatement {
  bind(...values: unknown[]): ParkedStatement;
  all(): PromiseLike<unknown>;
}

/** What this package needs of a `MessageBatch`, the first argument of a Worker's `queue()`. */
export interface CloudflareBatch {
  readonly queue: string;
  readonly messages: readonly CloudflareMessage[];
  retryAll(options: { readonly delaySeconds: number }): void;
}

/** What this package needs of a `Message`. */
export interface CloudflareMessage {
  readonly id: string;
  readonly timestamp: Date;
  readonly body: unknown;
  readonly attempts: number;
  ack(): void;
  retry(options: { readonly delaySeconds: number }): void;
}

/** What this package needs of an `ExecutionContext`. */
export interface CloudflareExecution {
  waitUntil(promise: Promise<unknown>): void;
}
