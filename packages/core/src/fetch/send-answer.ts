import type { Answer } from "../incoming.ts";

/** For adapters: the answer as a `Response`. */
export function toResponse({ status, headers, body }: Answer): Response {
  return new Response(body, { status, headers });
}
