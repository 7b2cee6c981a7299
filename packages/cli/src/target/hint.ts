import { DEFAULT_PATH } from "@mintfax-webhooks/core";
import type { ReadAnswer } from "../output/answer.ts";

/** What may be the matter, where the answer itself does not say so; undefined where it does. */
export function hintFor({ status, outcome, message }: ReadAnswer, to: URL): string | undefined {
  if (status === null) {
    return /ECONNREFUSED/.test(message ?? "")
      ? `Nothing listens on port ${portOf(to)} there. Is the server running?`
      : undefined;
  }
  if (outcome !== null) return undefined;
  if (status >= 200 && status <= 299) {
    return "The answer is not one of this library's receivers. Is it the right path?";
  }
  if (status >= 300 && status <= 399) return "mintfax counts a redirect as a failure. Use the final URL.";
  if (status === 401 || status === 403)
    return "Something in front of the receiver asks for its own credentials.";
  if (status === 404) {
    return `No route at ${to.pathname}. Unless it was told otherwise, a receiver is at ${DEFAULT_PATH}.`;
  }
  return undefined;
}

function portOf({ port, protocol }: URL): string {
  return port || (protocol === "https:" ? "443" : "80");
}
