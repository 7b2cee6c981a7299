/** Bytes described in words: positions and kinds, never values, since these are health data. */

export const utf8: TextEncoder = new TextEncoder();
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text, or undefined where the bytes are not UTF-8. A byte order mark stays. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes);
  } catch {
    return undefined;
  }
}

/** The JSON value, or undefined where the text is not JSON. (`null` is a value.) */
export function jsonOf(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** How deeply JSON is nested. Counted without a parser, since it guards the parser's own recursion. */
export function levelsOf(text: string): number {
  let level = 0;
  let deepest = 0;
  for (const [found] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[{\]}]/g)) {
    if (found === "[" || found === "{") level += 1;
    else if (found === "]" || found === "}") level -= 1;
    deepest = Math.max(deepest, level);
  }
  return deepest;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** "1 byte", "812 bytes". */
export function bytesIn(count: number): string {
  return count === 1 ? "1 byte" : `${count} bytes`;
}

/** Where two bodies begin to differ, in words. */
export function difference(signed: Uint8Array, received: Uint8Array): string {
  let place = 0;
  while (place < signed.length && place < received.length && signed[place] === received[place]) place += 1;
  return (
    `${bytesIn(signed.length)} were signed and ${bytesIn(received.length)} arrived. They differ from byte ${place} on: ` +
    `${kindOf(signed[place])} was signed, ${kindOf(received[place])} arrived.`
  );
}

function kindOf(byte: number | undefined): string {
  if (byte === undefined) return "the end";
  if (byte >= 0x80) return "a byte outside ASCII";
  const character = String.fromCharCode(byte);
  if (/[A-Za-z]/.test(character)) return "a letter";
  if (/[0-9]/.test(character)) return "a digit";
  return KINDS[character] ?? (byte < 0x20 ? "a control character" : "a sign");
}

const KINDS: Readonly<Record<string, string>> = {
  " ": "a space",
  "\t": "a tab",
  "\n": "a line feed",
  "\r": "a carriage return",
  '"': "a quotation mark",
  "\\": "a backslash",
  "/": "a slash",
  "{": "a brace",
  "}": "a brace",
  "[": "a bracket",
  "]": "a bracket",
  ":": "a colon",
  ",": "a comma",
};
