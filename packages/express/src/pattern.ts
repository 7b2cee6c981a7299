import type { Request } from "express";

/** The route that Express has come to, if it has; it stays on the request when the route lets it pass. */
interface Route {
  readonly path: unknown;
  readonly stack: readonly { readonly handle: unknown }[];
}

/** The path from the root, before routers have taken anything off. */
export function pathnameOf(req: Request): string {
  return req.baseUrl + req.path;
}

/** What Express was told where to mount us, from the root: `/api/*` by `use()`, `/fax` by a route. */
export function patternOf(req: Request, middleware: unknown): string {
  const route = req.route as Route | undefined;
  return typeof route?.path === "string" && route.stack.some(({ handle }) => handle === middleware)
    ? req.baseUrl + route.path
    : `${req.baseUrl}/*`;
}
