import { isPatternOfAll, mountPointOf } from "@mintfax-webhooks/core/adapter";
import type { Request } from "express";

/** The route that Express has reached. It stays on the request after the route has called `next()`. */
interface Route {
  readonly path: unknown;
  readonly stack: readonly { readonly handle: unknown }[];
}

/**
 * The path from the root, before routers removed their part. Only Express sets `baseUrl`; connect, Nest on Fastify and
 * other frameworks run Express middleware without it.
 */
export function pathnameOf({ baseUrl, url, originalUrl }: Partial<Request>): string {
  return typeof baseUrl === "string" ? baseUrl + pathOf(url) : pathOf(originalUrl ?? url);
}

/**
 * Where the application mounted the middleware, from the root: `/api/*` by `use()`, `/fax` by a route. For a list, an
 * expression or a pattern with optional parts that matched, it is the request's own path.
 */
export function patternOf(req: Request, middleware: unknown): string {
  const route = req.route as Partial<Route> | undefined;
  const mount = mountOf(req);
  if (route?.path === undefined || !route.stack?.some(({ handle }) => handle === middleware))
    return `${mount}/*`;
  if (!isCatchAll(route.path)) return pathnameOf(req);
  return typeof route.path === "string" ? mount + route.path : `${mount}/*`;
}

/** Whether a route matches paths that the application does not name: those may belong to another route. */
function isCatchAll(path: unknown): boolean {
  if (Array.isArray(path)) return path.some(isCatchAll);
  return path instanceof RegExp ? isPatternOfAll(path) : String(path).includes("*");
}

/** The part that routers have removed. */
function mountOf(req: Partial<Request>): string {
  return typeof req.baseUrl === "string" ? req.baseUrl : mountPointOf(pathnameOf(req), pathOf(req.url));
}

/** The path in the request line, which may hold a whole URL. */
function pathOf(target = ""): string {
  if (!target.startsWith("/")) return URL.canParse(target) ? new URL(target).pathname : "";
  return target.replace(/[?#].*$/s, "");
}
