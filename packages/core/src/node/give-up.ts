import type { ServerResponse } from "node:http";
import { inFull } from "../error-text.ts";
import { print } from "../print.ts";

/** Hands an error to the framework, for it to answer. Never throws. */
export function giveUp(res: ServerResponse, error: unknown, onError: (error: unknown) => void): void {
  try {
    onError(error);
  } catch (another) {
    hangUp(res, another);
  }
}

/** Without a framework: the connection is cut, and the sender tries again. */
export function hangUp(res: ServerResponse, error: unknown): void {
  reportUnanswered(error);
  try {
    res.destroy();
  } catch {
    // Not Node's own, then; there is nothing left to close.
  }
}

/** Says that middleware has thrown where an answer was to be written. */
export function reportUnanswered(error: unknown): void {
  print(
    `an answer could not be written by this server's own means: ${inFull(error)}. Look for middleware that replaces methods of the response.`,
  );
}
