import { isPatternOfAll, mountPointOf } from "@mintfax-webhooks/core/adapter";
import type { ParameterizedContext } from "koa";

/** What koa-router leaves on a context: every layer whose path matches, including the one with this middleware. */
interface Routed {
  readonly matched?: readonly Layer[];
}

interface Layer {
  readonly path: string | RegExp;
  /** Empty for a layer of `router.use()`. */
  readonly methods: readonly string[];
  readonly stack: readonly unknown[];
}

/** The path from the root, before koa-mount removed its part. */
export function pathnameOf({ originalUrl, path }: ParameterizedContext): string {
  // Some senders put the whole URL into the request line.
  return originalUrl.startsWith("/") ? originalUrl.replace(/\?.*$/s, "") : path;
}

/** Where the application mounted the middleware, from the root: `/api/*` by koa-mount, `/fax` by a router. */
export function patternOf(ctx: ParameterizedContext, pathname: string, middleware: unknown): string {
  const mount = mountPointOf(pathname, ctx.path);
  const layer = (ctx as Routed).matched?.find(({ stack }) => stack.includes(middleware));
  if (layer === undefined) return `${mount}/*`;
  if (typeof layer.path !== "string") {
    // For an expression that matched, it is the request's own path, unless the expression matches every path.
    return layer.methods.length === 0 || isPatternOfAll(layer.path) ? `${mount}/*` : pathname;
  }
  if (layer.methods.length > 0) return mount + layer.path;
  // koa-router gives `router.use()` without a path an expression that matches every path.
  return `${mount}${layer.path.replace(/[({*].*$/s, "")}/*`;
}
