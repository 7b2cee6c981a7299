import type { Context } from "hono";
import type { Problem } from "./problem.ts";
import type { ApiEnv } from "./setting.ts";

/** mintfax's error envelope. */
export function problemAnswer(c: Context<ApiEnv>, problem: Problem): Response {
  const { status, error, message, action, context } = problem;
  return c.json(
    {
      error,
      message,
      action,
      docs: `https://mintfax.com/docs/errors#${error}`,
      request_id: c.get("requestId"),
      ...(context !== undefined && { context }),
    },
    status,
  );
}
