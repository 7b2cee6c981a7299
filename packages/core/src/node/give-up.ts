import type { ServerResponse } from "node:http";
import { inFull } from "../error-text.ts";
import { print } from "../print.ts";

/** Gets what was thrown before an answer was written, and has to answer. Undefined without a framework. */
export type OnError = ((error: unknown) => void) | undefined;

/** Passes an error to the framework, which answers it. Never throws. */
export function giveUp(res: ServerResponse, error: unknown, onError: OnError): void {
  try {
    if (onError === undefined) hangUp(res, error);
    else onError(error);
  } catch (another) {
    hangUp(res, another);
  }
}

/** Without a framework: closes the connection, and the sender tries again. */
function hangUp(res: ServerResponse, error: unknown): void {
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
