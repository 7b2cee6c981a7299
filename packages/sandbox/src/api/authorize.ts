import { timingSafeEqual } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import { Problem } from "./problem.ts";
import type { ApiEnv } from "./setting.ts";

/** `Authorization: Bearer mfx_test_...`. */
export function authorize(apiKey: string): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const given = /^Bearer (\S+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
    if (given === undefined) {
      throw new Problem(
        401,
        "authentication_required",
        "There is no API key. Expected the header Authorization: Bearer mfx_test_...",
        "add_api_key",
      );
    }
    if (given.startsWith("mfx_acct_")) {
      throw new Problem(
        403,
        "account_key_not_allowed",
        "An account key (mfx_acct_) manages the account; it cannot send faxes or touch an environment.",
        "use_environment_key",
      );
    }
    if (given.startsWith("mfx_live_")) {
      throw new Problem(
        403,
        "account_not_activated",
        "A live key was sent to the sandbox. Expected this sandbox's key (mfx_test_).",
        "use_environment_key",
      );
    }
    if (!equal(given, apiKey)) {
      throw new Problem(401, "invalid_api_key", "The API key is not this sandbox's.", "check_api_key");
    }
    await next();
  };
}

function equal(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
