import { Hono } from "hono";
import { ulidWith } from "../environment/ids.ts";
import { OPENAPI } from "../openapi/document.ts";
import { problemAnswer } from "./answer.ts";
import { attemptRoutes } from "./attempts.ts";
import { authorize } from "./authorize.ts";
import { endpointRoutes } from "./endpoints.ts";
import { faxRoutes } from "./faxes.ts";
import { ownHost } from "./own-host.ts";
import { Problem } from "./problem.ts";
import { rateLimit } from "./rate-limit.ts";
import type { Api, ApiEnv } from "./setting.ts";

/** mintfax's API, from `/v1` on, and the page. */
export function createApi(api: Api, page: Hono<ApiEnv>): Hono<ApiEnv> {
  const v1 = new Hono<ApiEnv>()
    .use(authorize(api.apiKey), rateLimit(api.rateLimitPerMinute, api.environment.clock))
    // Before `/webhooks/:id`, which would take "attempts" for an id.
    .route("/webhooks/attempts", attemptRoutes(api))
    .route("/webhooks", endpointRoutes(api))
    .route("/faxes", faxRoutes(api));
  const app = new Hono<ApiEnv>();
  app.use(async (c, next) => {
    const requestId = ulidWith("req_");
    c.set("requestId", requestId);
    await next();
    c.header("X-Request-Id", requestId);
  });
  app.use(ownHost(api.isOnLoopback));
  app.get("/v1/openapi.json", (c) => c.json(OPENAPI));
  app.route("/v1", v1);
  app.route("/", page);
  app.notFound((c) =>
    problemAnswer(
      c,
      new Problem(404, "not_found", `The sandbox has no ${c.req.method} for this path.`, "check_path"),
    ),
  );
  app.onError((error, c) =>
    problemAnswer(
      c,
      error instanceof Problem
        ? error
        : new Problem(500, "internal_error", "The sandbox failed. Please report it.", "report"),
    ),
  );
  return app;
}
