import { isPatternOfAll, mountPointOf } from "@mintfax-webhooks/core/adapter";
import type { ParameterizedContext } from "koa";

/** What koa-router leaves on a context: every layer whose path matches, our own middleware's among them. */
interface Routed {
  readonly matched?: readonly Layer[];
}

interface Layer {
  readonly path: string | RegExp;
  /** None where the layer is of `router.use()`. */
  readonly methods: readonly string[];
  readonly stack: readonly unknown[];
}

/** The path from the root, before koa-mount has taken anything off. */
export function pathnameOf({ originalUrl, path }: ParameterizedContext): string {
  // Some senders put the whole URL into the request line.
  return originalUrl.startsWith("/") ? originalUrl.replace(/\?.*$/s, "") : path;
}

/** What Koa's middleware was told where to mount us, from the root: `/api/*` by koa-mount, `/fax` by a router. */
export function patternOf(ctx: ParameterizedContext, pathname: string, middleware: unknown): string {
  const mount = mountPointOf(pathname, ctx.path);
  const layer = (ctx as Routed).matched?.find(({ stack }) => stack.includes(middleware));
  if (layer === undefined) return `${mount}/*`;
  if (typeof layer.path !== "string") {
    // An expression that has brought a router to us means the request's own path, unless it fits all.
    return layer.methods.length === 0 || isPatternOfAll(layer.path) ? `${mount}/*` : pathname;
  }
  if (layer.methods.length > 0) return mount + layer.path;
  // `router.use()` without a path is given an expression that fits all.
  return `${mount}${layer.path.replace(/[({*].*$/s, "")}/*`;
}
