import type { HttpBindings } from "@hono/node-server";
import type { Environment } from "../environment/environment.ts";
import type { Idempotency } from "./idempotency.ts";

/** What the routes share. */
export interface Api {
  readonly environment: Environment;
  readonly idempotency: Idempotency;
  readonly apiKey: string;
  readonly rateLimitPerMinute: number;
  /** How long the old secret signs too after a rotation. */
  readonly overlapMs: number;
}

/** Hono's context: each request has an id. */
export interface ApiEnv {
  Bindings: HttpBindings;
  Variables: { requestId: string };
}
