import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { Problem } from "./problem.ts";

/** Refuses a larger body as soon as that is known, with or without a length. */
export function limitBody(maxSize: number, message: string, action: string): MiddlewareHandler {
  return bodyLimit({
    maxSize,
    onError: () => {
      throw new Problem(413, "payload_too_large", message, action);
    },
  });
}
