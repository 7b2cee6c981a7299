import { isObject, jsonOf } from "./bytes.ts";

/** The keys of each kind of object, by the object's path, in the order of mintfax's documentation. */
const DOCUMENTED: Readonly<Record<string, string>> = {
  "": "id type created data",
  ".data": "object",
  ".data.object":
    "id environment_id available held currency status to pages error_code error_subcode error_message max_attempts " +
    "attempts webhook_url idempotency_key tags csid page_size resolution optimize_for submitted_at completed_at " +
    "created_at updated_at",
  ".data.object.attempts":
    "attempt_number started_at completed_at duration_ms error_code error_subcode error_message",
};

/**
 * The same JSON, compact, with its keys in the order of mintfax's documentation; undefined where it is not an object.
 * Undocumented keys keep their order, at the end.
 */
export function inDocumentedOrder(text: string): string | undefined {
  const value = jsonOf(text);
  return isObject(value) ? JSON.stringify(ordered(value, "")) : undefined;
}

function ordered(value: unknown, path: string): unknown {
  if (Array.isArray(value)) return value.map((item) => ordered(item, path));
  if (!isObject(value)) return value;
  const known = DOCUMENTED[path]?.split(" ") ?? [];
  const keys = Object.keys(value);
  const inOrder = [
    ...known.filter((key) => keys.includes(key)),
    ...keys.filter((key) => !known.includes(key)),
  ];
  return Object.fromEntries(inOrder.map((key) => [key, ordered(value[key], `${path}.${key}`)]));
}

/** Whether the envelope's own keys are in another order than mintfax's. */
export function isOutOfOrder(value: Record<string, unknown>): boolean {
  const documented = DOCUMENTED[""]?.split(" ") ?? [];
  const keys = Object.keys(value).filter((key) => documented.includes(key));
  return keys.length === documented.length && keys.some((key, index) => key !== documented[index]);
}
