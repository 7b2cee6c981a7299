import { timingSafeEqual } from "node:crypto";
import type { Context, MiddlewareHandler } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import type { ApiEnv } from "../api/setting.ts";

/** With the port in its name: a browser gives cookies of one host to all of its ports, and several pages may be open. */
function cookieNameOf(c: Context): string {
  const [, port = "80"] = /:(\d+)$/.exec(c.req.header("host") ?? "") ?? [];
  return `mintfax_sandbox_${port}`;
}

/**
 * Lets only the person in who has the address that was printed: its token becomes a cookie that scripts cannot read and
 * other sites cannot use.
 */
export function access(token: string): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const given = c.req.query("token");
    if (given !== undefined && c.req.path === "/" && equal(given, token)) {
      setCookie(c, cookieNameOf(c), token, { httpOnly: true, sameSite: "Strict", path: "/" });
      return c.redirect("/", 303);
    }
    if (equal(getCookie(c, cookieNameOf(c)) ?? "", token)) return next();
    return c.text("Open the address that the sandbox has printed: it has a token.\n", 401);
  };
}

/** Nothing but the page's own files, no frame around it, nothing kept. */
export const securityHeaders: MiddlewareHandler<ApiEnv> = async (c, next) => {
  await next();
  c.header(
    "Content-Security-Policy",
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; " +
      "form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
  );
  c.header("X-Content-Type-Options", "nosniff");
  c.header("Referrer-Policy", "no-referrer");
  c.header("Cross-Origin-Opener-Policy", "same-origin");
  c.header("Cross-Origin-Resource-Policy", "same-origin");
  c.header("Cache-Control", "no-store");
};

function equal(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
