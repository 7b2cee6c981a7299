import type { Reply } from "./peer.ts";

/**
 * What reads requests off the wire. A request that it refuses by itself never reaches an adapter. An adapter on
 * `@hono/node-server` may go by the `Request` that it makes, or by Node's own behind it.
 */
export type Platform =
  | "node"
  | "Fastify 5"
  | "Fastify 4"
  | "@hono/node-server"
  | "a Request of @hono/node-server"
  | "workerd"
  | "AWS";

/** A server under test. */
export interface RunningTarget {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  readonly platform: Platform;
  /** Closes the server; nothing of it is left. */
  stop(): Promise<unknown>;
}

/** A way to serve a {@link SuiteApp}: a framework, and what it runs on. */
export interface AdapterTarget {
  /** For a heading: "Koa", "Hono in workerd". */
  readonly name: string;
  /** Serves the app on a free port of 127.0.0.1. */
  start(): Promise<RunningTarget>;
}

/** One behaviour. */
export interface AdapterCase {
  /** Never changes: `duplicate`, `malformed/webhook-id missing`. */
  readonly id: string;
  /** The line of a matrix that it belongs to; malformed requests share some. */
  readonly row: string;
  /**
   * Rejects where the server behaves in another way. Independent of other cases and of their order, but not to be run
   * beside them.
   *
   * @returns the answers, which are to be the same on every target to the last byte; undefined where the target's
   *   platform is among the {@link DIFFERENCES} of the case
   */
  run(target: RunningTarget): Promise<readonly Reply[] | undefined>;
}
