/** A header as an HTTP library hands it over. Repeated headers may come as an array, or joined by `", "`. */
export type HeaderValue = string | readonly string[] | null | undefined;

/** What {@link IncomingDelivery.readBody} has to keep to. */
export interface BodyLimits {
  /** The largest body to read; one byte more is refused. */
  readonly limitBytes: number;
  /** The time until the last byte must be there. */
  readonly timeoutMs: number;
}

/** One HTTP attempt, as a framework hands it to the receiver. An adapter converts its own request into this. */
export interface IncomingDelivery<Platform = unknown> {
  /** Upper case. */
  readonly method: string;
  /** A header by its lower-case name. */
  header(name: string): HeaderValue;
  /**
   * The raw bytes. Called at most once, and not at all for a delivery that its method or headers refuse.
   *
   * @throws {BodyError} where they cannot be had within the limits
   */
  readBody(limits: BodyLimits): Promise<Uint8Array>;
  /** Called once the receiver has its answer, whether the body was read or not. */
  letGo?(): void;
  /** The time that the platform leaves for an answer, in milliseconds. It counts where it is less than the option `deadlineMs`. */
  readonly deadlineMs?: number | undefined;
  /** What handlers find as `context.platform`: Express `req`, Fastify `request`, Koa `ctx`, Hono `c`. */
  readonly platform: Platform;
  /** Keeps a serverless platform alive until the promise settles. Left out where processes live on by themselves. */
  readonly waitUntil?: ((promise: Promise<unknown>) => void) | undefined;
}

/** What to answer; an adapter converts it into its framework's response. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Small JSON: `{"outcome", "code"?, "message"?, "id"?}`. */
  readonly body: string;
}
