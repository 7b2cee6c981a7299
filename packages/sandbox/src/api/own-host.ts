import type { MiddlewareHandler } from "hono";
import { Problem } from "./problem.ts";
import type { ApiEnv } from "./setting.ts";

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

/**
 * Refuses requests for other names than this machine's own, and those that a page of another origin makes: a web site can
 * have its name resolve to 127.0.0.1.
 *
 * @param isOnLoopback otherwise it has names that it cannot know, and its token alone keeps strangers out
 */
export function ownHost(isOnLoopback: boolean): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const host = c.req.header("host") ?? new URL(c.req.url).host;
    const origin = c.req.header("origin");
    const isOwn =
      (origin === undefined || (URL.canParse(origin) && new URL(origin).host === host)) &&
      isFromHere(c.req.raw.headers);
    if ((isOnLoopback && !LOOPBACK.test(host)) || !isOwn) {
      throw new Problem(
        403,
        "host_not_allowed",
        "The sandbox answers on this machine's own names only: localhost, 127.0.0.1 and [::1].",
        "use_localhost",
      );
    }
    await next();
  };
}

/**
 * Browsers say where a request comes from, also where they send no `Origin`: for an image or a script of another page. A link
 * or an address that was typed is let through.
 */
function isFromHere(headers: Headers): boolean {
  const site = headers.get("sec-fetch-site") ?? "none";
  const isNavigation =
    headers.get("sec-fetch-mode") === "navigate" && headers.get("sec-fetch-dest") === "document";
  return site === "same-origin" || site === "none" || isNavigation;
}
