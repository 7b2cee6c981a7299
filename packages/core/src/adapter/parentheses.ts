import { ConfigurationError } from "../errors.ts";

/** Of a request, an event or a context of some framework; none of them is the name of an option. */
const MEMBERS_OF_REQUESTS = ["method", "headers", "req", "request"];

/**
 * For adapters: throws where a framework has called what the application should have called, as after
 * `app.use(mintfaxWebhooks)`. Without this, each request would make a receiver and never be answered.
 *
 * @param call how it should have been called: `app.use(mintfaxWebhooks())`
 * @param others what came after the options; an application gives nothing there, a framework `next`, `env` or the like
 * @throws {ConfigurationError} `parentheses_missing`
 */
export function checkParentheses(call: string, options: unknown, others: readonly unknown[]): void {
  if (others.length === 0 && !isRequest(options)) return;
  throw new ConfigurationError(
    "parentheses_missing",
    `A framework called with a request what makes a receiver and is not one. The parentheses are missing: write ${call}.`,
  );
}

function isRequest(options: unknown): boolean {
  return (
    typeof options === "object" && options !== null && MEMBERS_OF_REQUESTS.some((member) => member in options)
  );
}
