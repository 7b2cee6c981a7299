import { Refusal } from "../refusal.ts";
import type { Envelope } from "./envelope.ts";
import { dropPrototypeKeys } from "./prototype-keys.ts";

// `fatal`: bytes that are not UTF-8 are refused, not replaced. A byte order mark is dropped, a second one stays.
const utf8 = new TextDecoder("utf-8", { fatal: true });

/** A quick look, so that ordinary bodies are not walked through. An escape can spell any key. */
const MAY_HOLD_PROTOTYPE_KEYS = /__proto__|constructor|\\u00/;

/**
 * The envelope in what has been verified, in bytes or as the text that they are. Only the shape of the envelope is checked: a stricter look at the
 * resource would refuse, and so lose, events to which mintfax has added something.
 */
export function parseEnvelope(body: Uint8Array | string): Envelope<string, unknown> | Refusal {
  const json = parseJson(body);
  return json instanceof Refusal ? json : checkShape(json.value);
}

function parseJson(body: Uint8Array | string): { readonly value: unknown } | Refusal {
  if (body.length === 0) return new Refusal("body_not_json", "The body is empty; expected a JSON object.");
  try {
    const text = typeof body === "string" ? body : utf8.decode(body);
    const value: unknown = JSON.parse(text);
    if (MAY_HOLD_PROTOTYPE_KEYS.test(text)) dropPrototypeKeys(value);
    return { value };
  } catch {
    // The parser's own message quotes the body.
    return new Refusal(
      "body_not_json",
      "The body is authentic, but not JSON in UTF-8. The sender is at fault; report it to mintfax.",
    );
  }
}

function checkShape(value: unknown): Envelope<string, unknown> | Refusal {
  if (!isObject(value)) return shapeRefusal("is not an object");
  if (typeof value.id !== "string" || value.id === "") return shapeRefusal("has no `id`");
  if (typeof value.type !== "string" || value.type === "") return shapeRefusal("has no `type`");
  if (!Number.isSafeInteger(value.created))
    return shapeRefusal("has no whole number of seconds as `created`");
  if (!isObject(value.data) || !isObject(value.data.object))
    return shapeRefusal("has no object as `data.object`");
  return value as unknown as Envelope<string, unknown>;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function shapeRefusal(fault: string): Refusal {
  return new Refusal(
    "envelope_malformed",
    `The body is authentic, but ${fault}. Expected {id, type, created, data: {object}}.`,
  );
}
