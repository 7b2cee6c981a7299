import { Hono } from "hono";
import { OPENAPI } from "../openapi/document.ts";
import { attemptRoutes } from "./attempts.ts";
import { authorize } from "./authorize.ts";
import { endpointRoutes } from "./endpoints.ts";
import { faxRoutes } from "./faxes.ts";
import { rateLimit } from "./rate-limit.ts";
import type { Api, ApiEnv } from "./setting.ts";

/** mintfax's API, below `/v1`. */
export function createApi(api: Api): Hono<ApiEnv> {
  return (
    new Hono<ApiEnv>()
      .use(async (c, next) => {
        await next();
        c.header("Date", new Date(api.environment.clock.nowMs()).toUTCString());
      })
      .get("/openapi.json", (c) => c.json(OPENAPI))
      .use(authorize(api.apiKey), rateLimit(api.rateLimitPerMinute, api.environment.clock))
      // Before `/webhooks/:id`, which would take "attempts" for an id.
      .route("/webhooks/attempts", attemptRoutes(api))
      .route("/webhooks", endpointRoutes(api))
      .route("/faxes", faxRoutes(api))
  );
}
