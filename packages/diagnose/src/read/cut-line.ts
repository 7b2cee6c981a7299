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

/** Puts a signature together that a terminal or an editor broke into two lines, in place. */
export function joinWrapped(lines: string[]): void {
  for (let index = 1; index < lines.length; index += 1) {
    const both = `${lines[index - 1]?.trimEnd()}${lines[index]?.trim()}`;
    if (!/^webhook-signature:\s*v1,[A-Za-z0-9+/]{43}=$/i.test(both)) continue;
    lines.splice(index - 1, 2, both);
    return;
  }
}
