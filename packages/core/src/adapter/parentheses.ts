import { ConfigurationError } from "../errors.ts";

/** Members of a framework's request, event or context. No option has one of these names. */
const MEMBERS_OF_REQUESTS = ["method", "headers", "req", "request"];

/**
 * For adapters: throws where a framework calls a function that the application should have called, as after
 * `app.use(mintfaxWebhooks)`. Otherwise each request would create a receiver and never be answered.
 *
 * @param call how it should have been called: `app.use(mintfaxWebhooks())`
 * @param others the arguments after the options: an application gives none, a framework `next`, `env` or the like
 * @throws {ConfigurationError} `parentheses_missing`
 */
export function checkParentheses(call: string, options: unknown, others: readonly unknown[]): void {
  if (others.length === 0 && !isRequest(options)) return;
  throw new ConfigurationError(
    "parentheses_missing",
    `The framework called, with a request, the function that creates a receiver. Its parentheses are missing: write ${call}.`,
  );
}

function isRequest(options: unknown): boolean {
  return (
    typeof options === "object" && options !== null && MEMBERS_OF_REQUESTS.some((member) => member in options)
  );
}
