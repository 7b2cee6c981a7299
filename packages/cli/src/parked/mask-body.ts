import { maskNumber } from "../listen/mask.ts";

/** Members whose values name no person: mintfax's own words, counts and times. Those of other names are masked. */
const SHOWN = new Set([
  "id",
  "type",
  "created",
  "status",
  "pages",
  "error_code",
  "error_subcode",
  "max_attempts",
  "attempt_number",
  "started_at",
  "completed_at",
  "submitted_at",
  "created_at",
  "updated_at",
  "duration_ms",
  "page_size",
  "resolution",
  "optimize_for",
  "environment_id",
  "available",
  "held",
  "currency",
]);
/** Objects whose members mintfax names. */
const CONTAINERS = new Set(["data", "object", "attempts"]);
const MASK = "•••";

/** A body with fax numbers, names, tags and all else masked that may be about a person. Undefined where it is not JSON. */
export function maskBody(body: string): unknown {
  try {
    return masked(JSON.parse(body), true);
  } catch {
    return undefined;
  }
}

/** @param isKnown whether mintfax has named the members */
function masked(value: unknown, isKnown: boolean): unknown {
  if (Array.isArray(value)) return value.map((each) => masked(each, isKnown));
  if (typeof value !== "object" || value === null) return maskedText(value);
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const isPlain = typeof member !== "object" || member === null;
      if (isPlain) return [name, isKnown && SHOWN.has(name) ? member : maskedText(member)];
      return [name, masked(member, isKnown && CONTAINERS.has(name))];
    }),
  );
}

function maskedText(value: unknown): unknown {
  if (value === null || typeof value === "boolean") return value;
  return typeof value === "string" && /^\+?[\d ()-]+$/.test(value) ? maskNumber(value) : MASK;
}
