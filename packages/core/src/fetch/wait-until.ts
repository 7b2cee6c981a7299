import type { IncomingDelivery } from "../incoming.ts";

/** From the last to the first, since platforms put the execution context last: `(request, env, ctx)`. */
export function waitUntilOf(request: Request, executions: readonly unknown[]): IncomingDelivery["waitUntil"] {
  for (let index = executions.length - 1; index >= 0; index -= 1) {
    const waitUntil = methodOf(executions[index]);
    if (waitUntil !== undefined) return waitUntil;
  }
  return methodOf(request);
}

function methodOf(execution: unknown): IncomingDelivery["waitUntil"] {
  try {
    const { waitUntil } = (execution ?? {}) as { waitUntil?: unknown };
    // Called as a method: Cloudflare's throws without its own `this`.
    return typeof waitUntil === "function" ? (promise) => waitUntil.call(execution, promise) : undefined;
  } catch {
    // A getter that throws, as Hono's `executionCtx` does, has no `waitUntil` to give.
    return undefined;
  }
}
