import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { SCRIPT, STYLE } from "#page-files";
import { isWebUrl } from "../api/endpoints.ts";
import type { ApiEnv } from "../api/setting.ts";
import type { AttemptRecord, Variant } from "../environment/attempts.ts";
import type { Endpoint } from "../environment/endpoint.ts";
import { ARRIVALS, type Arrival, type Environment, isEventType } from "../environment/environment.ts";
import { access, securityHeaders } from "./access.ts";
import { type StateView, VARIANTS } from "./protocol.ts";
import { changeStream } from "./stream.ts";
import { attemptDetailsView, attemptView, endpointView, faxView } from "./views.ts";

export interface PageSettings {
  readonly environment: Environment;
  readonly token: string;
  readonly apiUrl: () => string;
  readonly apiKey: string;
  readonly timeScale: number;
  readonly attemptsKept: number;
  readonly overlapMs: number;
}

const SHELL = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>mintfax sandbox</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/page.css">
</head>
<body><div id="app"><main><h1>mintfax sandbox</h1><p>This page needs JavaScript.</p></main></div>
<script type="module" src="/page.js"></script>
</body>
</html>
`;

/** Nothing that the page sends is large. */
const BODY_MAX_BYTES = 16 * 1024;

/** What a call of the page is refused with. */
class Fault extends Error {
  readonly status: 400 | 404 | 409;

  constructor(status: Fault["status"], message: string) {
    super(message);
    this.status = status;
  }
}

/** The page at `/`, and what it calls. */
export function createPage(settings: PageSettings): Hono<ApiEnv> {
  const { environment } = settings;
  const { attempts } = environment.deliveries;
  const page = new Hono<ApiEnv>();
  for (const path of ["/", "/page.js", "/page.css", "/page/*"]) {
    page.use(path, securityHeaders, access(settings.token), bodyLimit({ maxSize: BODY_MAX_BYTES }));
  }
  page.get("/", (c) => c.html(SHELL));
  page.get("/page.js", (c) => c.body(SCRIPT, 200, { "content-type": "text/javascript; charset=utf-8" }));
  page.get("/page.css", (c) => c.body(STYLE, 200, { "content-type": "text/css; charset=utf-8" }));
  page.get("/page/state", (c) => c.json(stateOf(settings)));
  page.get("/page/changes", (c) => changeStream(c, environment));

  page.post("/page/endpoints", async (c) => {
    const { url, events = null } = await membersOf(c.req.json());
    if (!isWebUrl(url))
      throw new Fault(400, "Expected an http or https URL, such as http://127.0.0.1:3000/webhooks/mintfax.");
    const isList = Array.isArray(events) && events.length > 0 && events.every(isEventType);
    if (events !== null && !isList) throw new Fault(400, "Expected at least one event.");
    const endpoint = environment.addEndpoint({ url, events: events as string[] | null, description: null });
    return c.json({ endpoint: endpointView(endpoint), secret: endpoint.secret }, 201);
  });
  page.delete("/page/endpoints/:id", (c) => {
    environment.removeEndpoint(endpointOf(environment, c.req.param("id")));
    return c.body(null, 204);
  });
  page.post("/page/endpoints/:id/rotate", (c) => {
    const endpoint = endpointOf(environment, c.req.param("id"));
    environment.rotateSecret(endpoint, settings.overlapMs);
    return c.json({ endpoint: endpointView(endpoint), secret: endpoint.secret });
  });

  page.post("/page/faxes", async (c) => {
    const { to, arrival = "in_order" } = await membersOf(c.req.json());
    if (typeof to !== "string" || !/^\+[1-9]\d{6,14}$/.test(to))
      throw new Fault(400, "Expected a number in E.164 form.");
    if (!(ARRIVALS as readonly unknown[]).includes(arrival))
      throw new Fault(400, "Expected a known order of arrival.");
    const fax = environment.send({
      to,
      maxAttempts: 3,
      tags: { order: "1042" },
      webhookUrl: null,
      idempotencyKey: null,
      csid: null,
      pageSize: "letter",
      resolution: "standard",
      optimizeFor: "text",
      arrival: arrival as Arrival,
    });
    return c.json(faxView(fax), 201);
  });
  page.post("/page/events", async (c) => {
    const { type } = await membersOf(c.req.json());
    if (type !== "balance.low" && type !== "balance.topup")
      throw new Fault(400, "Expected balance.low or balance.topup.");
    environment.emit(type);
    return c.body(null, 202);
  });

  const found = (id: string): AttemptRecord => {
    const attempt = attempts.get(id);
    if (attempt === undefined) throw new Fault(404, "The attempt has left the list.");
    return attempt;
  };
  page.get("/page/attempts/:id", async (c) => {
    const attempt = found(c.req.param("id"));
    return c.json(await attemptDetailsView(attempt, environment.secretsOf(attempt.endpointId)));
  });
  page.post("/page/attempts/:id/retry", (c) => {
    const attempt = found(c.req.param("id"));
    return c.json(started(environment.deliveries.retry(attempt)), 202);
  });
  page.post("/page/attempts/:id/send/:variant", (c) => {
    const attempt = found(c.req.param("id"));
    const variant = c.req.param("variant");
    if (!(VARIANTS as readonly string[]).includes(variant)) throw new Fault(404, "There is no such variant.");
    return c.json(started(environment.deliveries.sendVariant(attempt, variant as Variant)), 202);
  });
  page.onError((error, c) =>
    error instanceof Fault
      ? c.json({ message: error.message }, error.status)
      : c.json({ message: "The sandbox failed. Please report it." }, 500),
  );
  return page;
}

function stateOf({ environment, apiUrl, apiKey, timeScale, attemptsKept }: PageSettings): StateView {
  return {
    apiUrl: apiUrl(),
    apiKey,
    timeScale,
    nowMs: environment.clock.nowMs(),
    attemptsKept,
    endpoints: environment.endpoints.map(endpointView),
    faxes: environment.faxes.map(faxView),
    attempts: environment.deliveries.attempts.list().map(attemptView),
  };
}

function started(id: string | undefined): { readonly id: string } {
  if (id === undefined) throw new Fault(409, "Its endpoint was deleted.");
  return { id };
}

function endpointOf(environment: Environment, id: string): Endpoint {
  const endpoint = environment.endpoint(id);
  if (endpoint === undefined) throw new Fault(404, "The endpoint was deleted.");
  return endpoint;
}

async function membersOf(json: Promise<unknown>): Promise<Readonly<Record<string, unknown>>> {
  const value = await json.catch(() => undefined);
  if (typeof value !== "object" || value === null) throw new Fault(400, "Expected a JSON object.");
  return value as Record<string, unknown>;
}
