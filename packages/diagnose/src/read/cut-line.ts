/** What each of the three headers looks like when it is whole. An id may have any length. */
const WHOLE: Readonly<Record<string, RegExp>> = {
  "webhook-id": /^[\x21-\x7e]+$/,
  "webhook-timestamp": /^\d{10}$/,
  "webhook-signature": /^v1a?,[A-Za-z0-9+/]{43}=(?: .*)?$/,
};

/**
 * The headers of a text that ends before the head does: without the last one, where its value was cut, so that the cut is
 * not taken for a fault of the request.
 */
export function withoutCutLine(
  headers: readonly (readonly [string, string])[],
): readonly (readonly [string, string])[] {
  const [name = "", value = ""] = headers.at(-1) ?? [];
  const whole = WHOLE[name.toLowerCase()];
  return whole === undefined || whole.test(value) ? headers : headers.slice(0, -1);
}
