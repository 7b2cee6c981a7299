import { isPatternOfAll, mountPointOf } from "@mintfax-webhooks/core/adapter";
import type { Request } from "express";

/** The route that Express has come to, if it has; it stays on the request when the route lets it pass. */
interface Route {
  readonly path: unknown;
  readonly stack: readonly { readonly handle: unknown }[];
}

/**
 * The path from the root, before routers have taken anything off. Only Express has `baseUrl` and `path`; what is written
 * for it is used by connect, by Nest on Fastify and by others as well.
 */
export function pathnameOf({ baseUrl, url, originalUrl }: Partial<Request>): string {
  return typeof baseUrl === "string" ? baseUrl + pathOf(url) : pathOf(originalUrl ?? url);
}

/**
 * What Express was told where to mount us, from the root: `/api/*` by `use()`, `/fax` by a route. A list, an expression or
 * a pattern with optional parts that has brought Express to us means the request's own path.
 */
export function patternOf(req: Request, middleware: unknown): string {
  const route = req.route as Partial<Route> | undefined;
  const mount = mountOf(req);
  if (route?.path === undefined || !route.stack?.some(({ handle }) => handle === middleware))
    return `${mount}/*`;
  if (!isCatchAll(route.path)) return pathnameOf(req);
  return typeof route.path === "string" ? mount + route.path : `${mount}/*`;
}

/** Of a path that fits more than the application names: what is below it may be another route's. */
function isCatchAll(path: unknown): boolean {
  if (Array.isArray(path)) return path.some(isCatchAll);
  return path instanceof RegExp ? isPatternOfAll(path) : String(path).includes("*");
}

/** The part that routers have taken off. */
function mountOf(req: Partial<Request>): string {
  return typeof req.baseUrl === "string" ? req.baseUrl : mountPointOf(pathnameOf(req), pathOf(req.url));
}

/** Of the request line, which may hold a whole URL. */
function pathOf(target = ""): string {
  if (!target.startsWith("/")) return URL.canParse(target) ? new URL(target).pathname : "";
  return target.replace(/[?#].*$/s, "");
}
