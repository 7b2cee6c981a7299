import type { ServerResponse } from "node:http";
import { inFull } from "../error-text.ts";
import { print } from "../print.ts";

/** Passes an error to the framework, which answers it. Never throws. */
export function giveUp(res: ServerResponse, error: unknown, onError: (error: unknown) => void): void {
  try {
    onError(error);
  } catch (another) {
    hangUp(res, another);
  }
}

/** Without a framework: closes the connection, and the sender tries again. */
export function hangUp(res: ServerResponse, error: unknown): void {
  reportUnanswered(error);
  try {
    res.destroy();
  } catch {
    // A response that is not Node's own: there is nothing left to close.
  }
}

/** Reports that middleware threw while the receiver wrote an answer. */
export function reportUnanswered(error: unknown): void {
  print(
    `an answer could not be written: ${inFull(error)}. Look for middleware that replaces methods of the response.`,
  );
}
