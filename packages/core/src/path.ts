import { kindOf } from "./check-options.ts";
import { ConfigurationError } from "./errors.ts";

/** Where deliveries arrive unless an adapter is told otherwise. */
export const DEFAULT_PATH = "/webhooks/mintfax";

/** What a path of a URL is written with: no pattern (`/:id`, `/*`), no query, no blank, no letter that is sent encoded. */
const PLAIN = /^\/[\w\-.~%!$&'+,;=@/]*$/;

/**
 * For adapters: tells whether a request's path is the receiver's own. A trailing slash makes no difference.
 *
 * @throws {ConfigurationError} for a path that could never match
 */
export function createPathMatcher(path: string = DEFAULT_PATH): (pathname: string) => boolean {
  if (typeof path !== "string") throw unfit(kindOf(path), 'a string that starts with "/"');
  if (!path.startsWith("/")) throw unfit(JSON.stringify(path), 'it to start with "/"');
  if (!PLAIN.test(path)) {
    throw unfit(
      JSON.stringify(path),
      "one path as it appears in a URL, without a pattern, a query or spaces. For other paths, mount `handler` on a route of the framework",
    );
  }
  const expected = withoutTrailingSlash(path);
  return (pathname) => withoutTrailingSlash(pathname) === expected;
}

function unfit(given: string, expected: string): ConfigurationError {
  return new ConfigurationError("option_out_of_bounds", `path is ${given}; expected ${expected}.`);
}

function withoutTrailingSlash(path: string): string {
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}
