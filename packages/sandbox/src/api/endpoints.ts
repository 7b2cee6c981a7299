import { type Context, Hono } from "hono";
import type { Endpoint, EndpointSettings } from "../environment/endpoint.ts";
import { isEventType } from "../environment/environment.ts";
import { limitBody } from "./limit-body.ts";
import { pageOf } from "./paging.ts";
import { type Faults, notFound, Problem, refuseIfAny } from "./problem.ts";
import type { Api, ApiEnv } from "./setting.ts";
import { isoOf } from "./times.ts";

export const URL_MAX_LENGTH = 2048;
const DESCRIPTION_MAX_LENGTH = 255;
const JSON_MAX_BYTES = 64 * 1024;

/** `/webhooks`: mintfax documents that it exists; members and further calls are inferred (contract, section 11). */
export function endpointRoutes({ environment, overlapMs }: Api): Hono<ApiEnv> {
  const found = (c: Context<ApiEnv>): Endpoint => {
    const endpoint = environment.endpoint(c.req.param("id") ?? "");
    if (endpoint === undefined) throw notFound("webhook endpoint");
    return endpoint;
  };
  return new Hono<ApiEnv>()
    .use(limitBody(JSON_MAX_BYTES, `The request is larger than ${JSON_MAX_BYTES} bytes.`, "fix_request"))
    .post("/", async (c) => {
      const endpoint = environment.addEndpoint(settingsFrom(await jsonOf(c)));
      return c.json({ ...resourceOf(endpoint), secret: endpoint.secret }, 201);
    })
    .get("/", (c) => c.json(pageOf(environment.endpoints.toReversed(), c.req.query(), resourceOf)))
    .get("/:id", (c) => c.json(resourceOf(found(c))))
    .patch("/:id", async (c) => {
      const endpoint = found(c);
      environment.updateEndpoint(endpoint, settingsFrom({ ...endpoint.settings, ...(await jsonOf(c)) }));
      return c.json(resourceOf(endpoint));
    })
    .delete("/:id", (c) => {
      environment.removeEndpoint(found(c));
      return c.body(null, 204);
    })
    .post("/:id/rotate", (c) => {
      const endpoint = found(c);
      environment.rotateSecret(endpoint, overlapMs);
      const until = isoOf(environment.clock.nowMs() + overlapMs);
      return c.json({ ...resourceOf(endpoint), secret: endpoint.secret, previous_secret_expires_at: until });
    });
}

function resourceOf({ id, settings, createdMs, updatedMs }: Endpoint): Record<string, unknown> {
  const { url, events, description } = settings;
  return { id, url, events, description, created_at: isoOf(createdMs), updated_at: isoOf(updatedMs) };
}

async function jsonOf(c: Context): Promise<Readonly<Record<string, unknown>>> {
  let value: unknown;
  try {
    value = await c.req.json();
  } catch {
    throw new Problem(400, "invalid_json", "The body is not JSON.", "fix_request");
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new Problem(400, "invalid_json", "The body is not a JSON object.", "fix_request");
}

function settingsFrom(body: Readonly<Record<string, unknown>>): EndpointSettings {
  const { url, events = null, description = null } = body;
  const faults: Faults = {};
  if (!isWebUrl(url)) faults.url = [`Expected an http or https URL of at most ${URL_MAX_LENGTH} characters.`];
  if (events !== null && !(Array.isArray(events) && events.length > 0 && events.every(isEventType))) {
    faults.events = ["Expected a list of event types, or null for all of them."];
  }
  const isText = typeof description === "string" && description.length <= DESCRIPTION_MAX_LENGTH;
  if (description !== null && !isText) {
    faults.description = [`Expected at most ${DESCRIPTION_MAX_LENGTH} characters, or null.`];
  }
  refuseIfAny(faults);
  return {
    url: url as string,
    events: events as string[] | null,
    description: description as string | null,
  };
}

export function isWebUrl(url: unknown): url is string {
  if (typeof url !== "string" || url.length > URL_MAX_LENGTH || !URL.canParse(url)) return false;
  return ["http:", "https:"].includes(new URL(url).protocol);
}
