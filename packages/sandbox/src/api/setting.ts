import type { Environment } from "../environment/environment.ts";

/** What the routes share. */
export interface Api {
  readonly environment: Environment;
  readonly apiKey: string;
  readonly rateLimitPerMinute: number;
  readonly isOnLoopback: boolean;
  /** How long the old secret signs too after a rotation. */
  readonly overlapMs: number;
}

/** Hono's context: each request has an id. */
export interface ApiEnv {
  Variables: { requestId: string };
}
