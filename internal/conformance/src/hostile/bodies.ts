import { envelope } from "./draft.ts";
import { processed, type Row, refused, unhandled } from "./row.ts";
import { CANARY, NOW_SECONDS } from "./setting.ts";

const DEPTH = 100_000;
const NESTED_OBJECT = `${'{"a":'.repeat(DEPTH)}1${"}".repeat(DEPTH)}`;
const NESTED_ARRAY = `${"[".repeat(DEPTH)}${"]".repeat(DEPTH)}`;

/** An envelope of a type without a handler, with raw JSON for its resource. */
function unknownEvent(resource: string, type = "fax.unknown"): string {
  return `{"id":"evt_1","type":"${type}","created":${NOW_SECONDS},"data":{"object":${resource}}}`;
}

function bytes(before: string, middle: readonly number[], after: string): Uint8Array {
  return Buffer.concat([Buffer.from(before), Buffer.from(middle), Buffer.from(after)]);
}

const notJson: Readonly<Record<string, string | Uint8Array>> = {
  empty: "",
  "of white space": " \r\n\t ",
  "of plain text": `fax delivered to ${CANARY}`,
  // Threat: T06
  "of a form": `payload=${encodeURIComponent(envelope())}`,
  "of XML": `<?xml version="1.0"?><fax>${CANARY}</fax>`,
  "cut before its end, and signed so": envelope().slice(0, -1),
  "with garbage behind the JSON": `${envelope()}garbage`,
  "of two JSON texts": envelope() + envelope(),
  "with a NUL behind the JSON": `${envelope()}\0`,
  "with a trailing comma": `${envelope().slice(0, -1)},}`,
  "in single quotes": envelope().replaceAll('"', "'"),
  "with a comment": `/* ${CANARY} */${envelope()}`,
  "with NaN": envelope().replace(String(NOW_SECONDS), "NaN"),
  "with a raw line break inside a string": envelope().replace(CANARY, `${CANARY}\n`),
  "of undefined": "undefined",
  "of an opening brace": "{",
  // Threat: T07
  "of 100,000 opening brackets": "[".repeat(DEPTH),
  "with an invalid byte of UTF-8": bytes(envelope().slice(0, -1), [0xfe], "}"),
  "with an invalid byte inside a string": bytes('{"a":"', [0xff], '"}'),
  "with an overlong form of UTF-8": bytes('{"a":"', [0xc0, 0xaf], '"}'),
  "with a raw surrogate in UTF-8": bytes('{"a":"', [0xed, 0xa0, 0x80], '"}'),
  "cut inside a character of UTF-8": bytes(envelope(), [0xe2, 0x82], ""),
  "in UTF-16": Buffer.from(envelope(), "utf16le"),
  "with two byte order marks": `\ufeff\ufeff${envelope()}`,
  "with two byte order marks and a key that reaches a prototype": `\ufeff\ufeff${envelope().replace("{", '{"__proto__":{},')}`,
};

const notEnvelopes: Readonly<Record<string, string>> = {
  "a number": "1747173605",
  "a string": `"${CANARY}"`,
  null: "null",
  true: "true",
  "an array": "[]",
  "an array of envelopes": `[${envelope()}]`,
  "an array nested 100,000 deep": NESTED_ARRAY,
  "an empty object": "{}",
  "without id": envelope({ id: undefined }),
  "with an empty id": envelope({ id: "" }),
  "with a number as id": envelope({ id: 1 }),
  "without type": envelope({ type: undefined }),
  "with an empty type": envelope({ type: "" }),
  "with an array as type": envelope({ type: ["fax.delivered"] }),
  "with null as type": envelope({ type: null }),
  "without created": envelope({ created: undefined }),
  "with a string as created": envelope({ created: String(NOW_SECONDS) }),
  "with a float as created": envelope({ created: NOW_SECONDS + 0.5 }),
  "with null as created": envelope({ created: null }),
  "with 1e400 as created": envelope({ created: 0 }).replace('"created":0', '"created":1e400'),
  "with 2 to the 53 as created": envelope({ created: 2 ** 53 }),
  "without data": envelope({ data: undefined }),
  "with null as data": envelope({ data: null }),
  "with a string as data": envelope({ data: CANARY }),
  "with an array as data": envelope({ data: [{ object: {} }] }),
  "without data.object": envelope({ data: { note: CANARY } }),
  "with null as data.object": envelope({ data: { object: null } }),
  "with a string as data.object": envelope({ data: { object: CANARY } }),
  "with an array as data.object": envelope({ data: { object: [] } }),
  "whole under __proto__": `{"__proto__":${envelope()}}`,
  "whole under an escaped __proto__": `{"\\u005f_proto__":${envelope()}}`,
  // Threat: T13
  "whole under constructor.prototype": `{"constructor":{"prototype":${envelope()}}}`,
  "with data.object under __proto__": envelope({ data: 0 }).replace(
    '"data":0',
    '"data":{"__proto__":{"object":{}}}',
  ),
  "with data under an escaped __proto__": envelope({ data: undefined }).replace(
    /}$/,
    ',"\\u005F\\u005fproto\\u005f_":{"data":{"object":{}}}}',
  ),
};

const unhandledTypes: Readonly<Record<string, string>> = {
  "type __proto__": envelope({ type: "__proto__" }),
  "type constructor": envelope({ type: "constructor" }),
  "type toString": envelope({ type: "toString" }),
  "type *": envelope({ type: "*" }),
  "type fax.*": envelope({ type: "fax.*" }),
  "type fax.delivered with a blank": envelope({ type: "fax.delivered " }),
  "type FAX.DELIVERED": envelope({ type: "FAX.DELIVERED" }),
  "type with a NUL": envelope({ type: "fax.delivered\0" }),
  "type twice, the second unknown": envelope().replace(/}$/, ',"type":"fax.unknown"}'),
  "key __proto__": unknownEvent('{"__proto__":{"polluted":true}}'),
  "key __proto__ with an escape": unknownEvent('{"\\u005f_proto__":{"polluted":true}}'),
  "key constructor": unknownEvent('{"constructor":{"prototype":{"polluted":true}}}'),
  // Threat: T13
  "key constructor with an escape": unknownEvent('{"\\u0063onstructor":{"prototype":{"polluted":true}}}'),
  "__proto__ beside the envelope's keys": envelope({ type: "x.y" }).replace(/^{/, '{"__proto__":null,'),
};

/** Authentic bodies that are no JSON, no envelope, or an odd one. */
export const BODY_ROWS: readonly Row[] = [
  ...Object.entries(notJson).map(([name, body]) => refused("body_not_json", `body ${name}`, { body })),
  ...Object.entries(notEnvelopes).map(([name, body]) =>
    refused("envelope_malformed", `envelope: ${name}`, { body }),
  ),
  ...Object.entries(unhandledTypes).map(([name, body]) => unhandled(name, { body })),
  // Threat: T07
  unhandled("resource nested 100,000 deep", { lane: "roomy", body: unknownEvent(NESTED_OBJECT) }),
  // With an escape in it, it goes through the search for prototype keys as well.
  unhandled("resource nested 100,000 deep, with an escaped key", {
    lane: "roomy",
    body: unknownEvent(`{"\\u0061":${NESTED_OBJECT},"__proto__":${NESTED_OBJECT}}`),
  }),
  unhandled("resource with 100,000 keys, each __proto__", {
    lane: "roomy",
    body: unknownEvent(`{${Array<string>(DEPTH).fill('"__proto__":0').join()}}`),
  }),
  // Threat: T07
  unhandled("resource with a number of 200,000 digits", {
    body: unknownEvent(`{"n":${"9".repeat(200_000)}}`),
  }),
  processed("body with a byte order mark, signed with it", { body: `\ufeff${envelope()}` }),
  processed("body with escapes of lone surrogates", {
    body: envelope().replace(CANARY, "\\ud800 \\udc00x\\udfff"),
  }),
  processed("body with white space around the JSON", { body: `\r\n\t ${envelope()} \n` }),
  processed("body with characters outside the BMP", { body: envelope({ note: "📠 \u{10ffff} ‮" }) }),
  processed("body with unknown members", { body: envelope({ livemode: true, api_version: null }) }),
];
