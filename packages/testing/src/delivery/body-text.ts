import type { Envelope } from "@mintfax-webhooks/core";
import { isEvent, wrongKind } from "../given.ts";

/** One JSON text of an event, and what is special about it. */
export interface BodyForm {
  /** For titles of tests, such as `escapes`. */
  readonly name: "compact" | "spaces" | "lines" | "escapes" | "decimals" | "order";
  /** How it is written, in words that follow "a body". */
  readonly description: string;
  readonly text: string;
}

/** A string of JSON, or a character outside of strings. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[:,]/g;

/**
 * An event as a body that a serialiser does not write by default: a space after each colon and none after commas, and `/` as
 * `\/`. Signed as it is, it finds a receiver that verifies `JSON.stringify(req.body)`, or what another language's serialiser
 * makes of the body, and not the bytes that came. mintfax does not say how it writes its bodies.
 *
 * @throws {TypeError} for a value that is not an event, and where the event is not JSON
 */
export function bodyText(event: Envelope<string, unknown>): string {
  return rewritten(jsonOf(event), (token) => {
    if (token === ":") return ": ";
    return token.startsWith('"') ? token.replaceAll("/", "\\/") : token;
  });
}

/**
 * The same event in each of the forms that receivers which do not verify the bytes themselves confuse: the first as
 * `JSON.stringify` writes it, each other one with one thing that reading and writing the JSON again would change.
 *
 * @throws {TypeError} for a value that is not an event, and where the event is not JSON, as with a circle or a `bigint`
 *
 * @example
 * ```ts
 * for (const { name, text } of bodyForms(eventFixture("fax.delivered"))) {
 *   test(`a body in the form "${name}" is verified`, async () => {
 *     expect((await sender.attempt(text)).status).toBe(200);
 *   });
 * }
 * ```
 */
export function bodyForms(event: Envelope<string, unknown>): readonly BodyForm[] {
  const compact = jsonOf(event);
  return [
    { name: "compact", description: "as JSON.stringify writes it", text: compact },
    {
      name: "spaces",
      description: "with spaces after colons and commas",
      text: rewritten(compact, (token) => (token.startsWith('"') ? token : `${token} `)),
    },
    { name: "lines", description: "in several lines", text: JSON.stringify(event, null, 2) },
    {
      name: "escapes",
      description: "with characters as escapes, such as \\/ and \\u002e",
      text: rewritten(compact, (token) => (token.startsWith('"') ? escaped(token) : token)),
    },
    {
      name: "decimals",
      description: "with a number as 1747173600.0",
      text: compact.replace(/"created":(\d+)/, '"created":$1.0'),
    },
    {
      name: "order",
      description: "with its members in another order",
      text: `{${Object.entries(event)
        .reverse()
        .map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`)
        .join()}}`,
    },
  ];
}

function jsonOf(event: Envelope<string, unknown>): string {
  if (isEvent(event)) return JSON.stringify(event);
  throw wrongKind(
    event,
    "an event, or for a sender and signDelivery() a body as text",
    "eventFixture(type) makes one event, faxLife() those of one fax: send them one by one. A signed delivery is for sender.send().",
  );
}

function rewritten(json: string, change: (token: string) => string): string {
  return json.replace(TOKEN, change);
}

/** A point, a plus sign and all that is not ASCII can be escaped without a change to the text that is read. */
function escaped(token: string): string {
  return token
    .replaceAll("/", "\\/")
    .replace(/[.+]|[^ -~]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
