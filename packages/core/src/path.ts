import { ConfigurationError } from "./errors.ts";

/** Where deliveries arrive unless an adapter is told otherwise. */
export const DEFAULT_PATH = "/webhooks/mintfax";

/**
 * For adapters: tells whether a request's path is the receiver's own. A trailing slash makes no difference.
 *
 * @throws {ConfigurationError} where `path` does not start with a slash
 */
export function createPathMatcher(path: string = DEFAULT_PATH): (pathname: string) => boolean {
  if (!path.startsWith("/")) {
    throw new ConfigurationError(
      "option_out_of_bounds",
      `path is ${JSON.stringify(path)}; expected it to start with "/".`,
    );
  }
  const expected = withoutTrailingSlash(path);
  return (pathname) => withoutTrailingSlash(pathname) === expected;
}

function withoutTrailingSlash(path: string): string {
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}
