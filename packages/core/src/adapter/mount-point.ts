/** A path that no application has a route for. */
const NAMED_BY_NO_ROUTE = "/-/-/-";

/**
 * For adapters: the part of a request's path that the framework's routers have taken off before the receiver.
 *
 * @param pathname of the request, from the root
 * @param path what the routers have left of it
 * @returns `/api` for `/api/webhooks/mintfax` and `/webhooks/mintfax`; `""` where nothing was taken off
 */
export function mountPointOf(pathname: string, path: string): string {
  if (path === "/") return pathname.replace(/\/$/, "");
  return pathname.endsWith(path) ? pathname.slice(0, -path.length) : "";
}

/**
 * For adapters: whether a route's expression fits every path, as that of a catch-all route does. The route then says
 * nothing about where the receiver is mounted.
 */
export function isPatternOfAll(pattern: RegExp): boolean {
  return pattern.test(NAMED_BY_NO_ROUTE);
}
