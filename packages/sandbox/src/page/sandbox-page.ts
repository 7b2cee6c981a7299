import type { Hono } from "hono";
import { isWebUrl } from "../api/endpoints.ts";
import type { ApiEnv } from "../api/setting.ts";
import type { Endpoint } from "../environment/endpoint.ts";
import { ARRIVALS, type Arrival, type Environment, isEventType } from "../environment/environment.ts";
import { createPage } from "./app.ts";
import { environmentSource } from "./environment-source.ts";
import { Fault, membersOf } from "./fault.ts";
import { endpointView, faxView } from "./views.ts";

export interface SandboxPageSettings {
  readonly environment: Environment;
  readonly token: string;
  readonly apiUrl: () => string;
  readonly apiKey: string;
  readonly timeScale: number;
  readonly overlapMs: number;
}

/** The page of the sandbox: beside its attempts, it has endpoints and sends faxes. */
export function createSandboxPage({
  environment,
  token,
  apiUrl,
  apiKey,
  timeScale,
  overlapMs,
}: SandboxPageSettings): Hono<ApiEnv> {
  const about = () => ({ kind: "sandbox", apiUrl: apiUrl(), apiKey, timeScale }) as const;
  const page = createPage(environmentSource(environment, about), token);

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
    environment.rotateSecret(endpoint, overlapMs);
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
  return page;
}

function endpointOf(environment: Environment, id: string): Endpoint {
  const endpoint = environment.endpoint(id);
  if (endpoint === undefined) throw new Fault(404, "The endpoint was deleted.");
  return endpoint;
}
