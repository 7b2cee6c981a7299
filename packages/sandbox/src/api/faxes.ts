import { createHash } from "node:crypto";
import type { Fax } from "@mintfax-webhooks/core";
import { type Context, Hono } from "hono";
import { ARRIVALS, type Arrival, type Submission } from "../environment/environment.ts";
import type { FaxRecord } from "../environment/fax-record.ts";
import { isWebUrl, URL_MAX_LENGTH } from "./endpoints.ts";
import { limitBody } from "./limit-body.ts";
import { pageOf } from "./paging.ts";
import { type Faults, notFound, Problem, refuseIfAny } from "./problem.ts";
import type { Api, ApiEnv } from "./setting.ts";

const FILE_MAX_BYTES = 10 * 1024 * 1024;
/** For the members beside the file. */
const FORM_MAX_BYTES = 64 * 1024;
const TAGS_MAX = 10;
const TAG_MAX_LENGTH = 255;
const CSID_MAX_LENGTH = 20;
const E164 = /^\+[1-9]\d{6,14}$/;
/** The sandbox's number that has too little balance, and the one that is refused (sandbox-scenarios, May 2026). */
const TOO_LITTLE_BALANCE = "+15005550006";
const REFUSED = "+15005550099";
const ENUMS = {
  page_size: ["letter", "legal", "a4", "b4"],
  resolution: ["standard", "fine"],
  optimize_for: ["text", "photo"],
} as const;
const STATUSES = ["queued", "submitted", "in_progress", "delivered", "failed"];

/** `/faxes`, as in the contract's section 14. */
export function faxRoutes({ environment, idempotency }: Api): Hono<ApiEnv> {
  return new Hono<ApiEnv>()
    .post(
      "/",
      limitBody(FILE_MAX_BYTES + FORM_MAX_BYTES, "The request is larger than 10 MB.", "reduce_file"),
      async (c) => {
        const form = await formOf(c);
        const key = c.req.header("idempotency-key") ?? null;
        const submission = submissionFrom(form, key, arrivalOf(c));
        const fax = idempotency.once(key, ["faxes", await contentOf(form)], () =>
          environment.send(submission),
        );
        return c.json(fax, 201);
      },
    )
    .get("/", (c) => {
      const query = c.req.query();
      const isWanted = filterFrom(query);
      return c.json(pageOf(environment.faxes.filter(isWanted), query, (fax) => fax));
    })
    .get("/:id", (c) => {
      const fax = environment.fax(c.req.param("id"));
      if (fax === undefined) throw notFound("fax");
      return c.json(fax);
    });
}

/** For the sandbox alone: in which order, and whether, the events of this fax arrive. */
function arrivalOf(c: Context): Arrival {
  const given = c.req.header("sandbox-arrival") ?? "in_order";
  if ((ARRIVALS as readonly string[]).includes(given)) return given as Arrival;
  throw new Problem(
    422,
    "validation_failed",
    `The header Sandbox-Arrival is unknown. Expected one of ${ARRIVALS.join(", ")}.`,
    "fix_request",
  );
}

type Form = Readonly<Record<string, (string | File)[]>>;

async function formOf(c: Context): Promise<Form> {
  if (!c.req.header("content-type")?.startsWith("multipart/form-data")) {
    throw new Problem(
      422,
      "validation_failed",
      "The body is not multipart/form-data, in which a fax has its file.",
      "fix_request",
    );
  }
  let data: FormData;
  try {
    data = await c.req.formData();
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(400, "invalid_form", "The body is not complete multipart/form-data.", "fix_request");
  }
  const form: Record<string, (string | File)[]> = Object.create(null);
  for (const [name, value] of data.entries()) {
    // PHP and many clients send lists as `tags[]`.
    const plain = name.endsWith("[]") ? name.slice(0, -2) : name;
    form[plain] = [...(form[plain] ?? []), value];
  }
  return form;
}

function submissionFrom(form: Form, idempotencyKey: string | null, arrival: Arrival): Submission {
  const faults: Faults = {};
  const text = (name: string): string | undefined => {
    const value = form[name]?.[0];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const to = text("to") ?? "";
  if (!E164.test(to) || to === REFUSED)
    faults.to = ["Expected a number in E.164 form, such as +12125551234."];
  const file = form.file?.[0];
  if (!(file instanceof File) || file.size === 0) faults.file = ["Expected a file that is not empty."];
  else if (file.size > FILE_MAX_BYTES) faults.file = ["Expected a file of at most 10 MB."];
  const maxAttempts = Number(text("max_attempts") ?? 3);
  if (!Number.isInteger(maxAttempts) || maxAttempts < 1 || maxAttempts > 5) {
    faults.max_attempts = ["Expected a whole number from 1 to 5."];
  }
  const webhookUrl = text("webhook_url") ?? null;
  if (webhookUrl !== null && !isWebUrl(webhookUrl)) {
    faults.webhook_url = [`Expected an http or https URL of at most ${URL_MAX_LENGTH} characters.`];
  }
  const csid = text("csid") ?? null;
  if (csid !== null && csid.length > CSID_MAX_LENGTH) {
    faults.csid = [`Expected at most ${CSID_MAX_LENGTH} characters.`];
  }
  const tags = (form.tags ?? []).filter((tag) => typeof tag === "string");
  if (tags.length > TAGS_MAX || tags.some((tag) => tag.length > TAG_MAX_LENGTH)) {
    faults.tags = [`Expected at most ${TAGS_MAX} tags of at most ${TAG_MAX_LENGTH} characters.`];
  }
  for (const [name, values] of Object.entries(ENUMS)) {
    const value = text(name);
    if (value !== undefined && !(values as readonly string[]).includes(value)) {
      faults[name] = [`Expected one of ${values.join(", ")}.`];
    }
  }
  refuseIfAny(faults);
  if (to === TOO_LITTLE_BALANCE) {
    throw new Problem(402, "insufficient_balance", "The balance is too low for this fax.", "top_up_balance");
  }
  return {
    to,
    maxAttempts,
    tags: tagsFrom(tags),
    webhookUrl,
    idempotencyKey,
    csid,
    pageSize: text("page_size") ?? "letter",
    resolution: text("resolution") ?? "standard",
    optimizeFor: text("optimize_for") ?? "text",
    arrival,
  };
}

/** Sent as a list of texts, returned as an object; that `=` or `:` separates name and value is inferred. */
function tagsFrom(tags: readonly string[]): Record<string, string> {
  const entries = tags.map((tag) => {
    const at = tag.search(/[=:]/);
    return at === -1 ? [tag, ""] : [tag.slice(0, at), tag.slice(at + 1)];
  });
  return Object.fromEntries(entries) as Record<string, string>;
}

/** What makes two submissions the same: the boundary of a form differs each time. */
async function contentOf(form: Form): Promise<unknown> {
  const members = Object.entries(form).map(async ([name, values]) => [
    name,
    await Promise.all(values.map((value) => (typeof value === "string" ? value : digestOf(value)))),
  ]);
  return Promise.all(members);
}

async function digestOf(file: File): Promise<string> {
  return createHash("sha256")
    .update(new Uint8Array(await file.arrayBuffer()))
    .digest("base64");
}

function filterFrom(query: Readonly<Record<string, string>>): (fax: FaxRecord) => boolean {
  const faults: Faults = {};
  const { status, to, error_code: errorCode } = query;
  if (status !== undefined && !STATUSES.includes(status)) {
    faults.status = [`Expected one of ${STATUSES.join(", ")}.`];
  }
  const timeOf = (name: string): number | undefined => {
    const value = query[name];
    if (value === undefined || value === "") return undefined;
    const ms = Date.parse(value);
    if (Number.isNaN(ms)) faults[name] = ["Expected a date and time in ISO 8601."];
    return ms;
  };
  const afterMs = timeOf("created_after");
  const beforeMs = timeOf("created_before");
  refuseIfAny(faults);
  const tags = Object.entries(query).flatMap(([name, value]) => {
    const tag = /^tag\[(?<name>.+)\]$/.exec(name)?.groups?.name;
    return tag === undefined ? [] : [[tag, value] as const];
  });
  return (fax) => {
    const createdMs = Date.parse(fax.created_at);
    // A footprint has none of these.
    const data: Partial<Fax> = fax;
    const ownTags = data.tags ?? {};
    return (
      (status === undefined || fax.status === status) &&
      (to === undefined || data.to === to) &&
      (errorCode === undefined || data.error_code === errorCode) &&
      (afterMs === undefined || createdMs > afterMs) &&
      (beforeMs === undefined || createdMs < beforeMs) &&
      tags.every(([name, value]) => Object.hasOwn(ownTags, name) && ownTags[name] === value)
    );
  };
}
