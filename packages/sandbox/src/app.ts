import { Hono } from "hono";
import { problemAnswer } from "./api/answer.ts";
import { ownHost } from "./api/own-host.ts";
import { Problem } from "./api/problem.ts";
import type { ApiEnv } from "./api/setting.ts";
import { ulidWith } from "./environment/ids.ts";

/**
 * What the sandbox and the page of `listen` share: an id for each request, and the refusal of requests that a page of
 * another origin makes.
 */
export function createApp(isOnLoopback: boolean): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.use(async (c, next) => {
    const requestId = ulidWith("req_");
    c.set("requestId", requestId);
    await next();
    c.header("X-Request-Id", requestId);
  });
  app.use(ownHost(isOnLoopback));
  app.notFound((c) =>
    problemAnswer(
      c,
      new Problem(404, "not_found", `There is no ${c.req.method} for this path here.`, "check_path"),
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
