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

/** What Express was told where to mount us, from the root: `/api/*` by `use()`, `/fax` by a route. */
export function patternOf(req: Request, middleware: unknown): string {
  const route = req.route as Partial<Route> | undefined;
  const mount = mountOf(req);
  return typeof route?.path === "string" && route.stack?.some(({ handle }) => handle === middleware)
    ? mount + route.path
    : `${mount}/*`;
}

/** The part that routers have taken off. */
function mountOf(req: Partial<Request>): string {
  if (typeof req.baseUrl === "string") return req.baseUrl;
  const [pathname, path] = [pathnameOf(req), pathOf(req.url)];
  if (pathname === path) return "";
  if (path === "/") return pathname.replace(/\/$/, "");
  return pathname.endsWith(path) ? pathname.slice(0, -path.length) : "";
}

/** Of the request line, which may hold a whole URL. */
function pathOf(target = ""): string {
  if (!target.startsWith("/")) return URL.canParse(target) ? new URL(target).pathname : "";
  return target.replace(/[?#].*$/s, "");
}
