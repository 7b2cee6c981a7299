import { brotliCompressSync, gzipSync } from "node:zlib";
import type { CapturedRequest } from "@mintfax-webhooks/diagnose";
import { signed } from "./send.ts";

/** What a stranger may send to have a diagnosis work for long: a shape, in any size. */
export interface HostileShape {
  readonly name: string;
  make(bytes: number): CapturedRequest;
}

const times = (text: string, bytes: number): string =>
  text.repeat(Math.ceil(bytes / Buffer.byteLength(text)));
const half = (bytes: number): number => Math.floor(bytes / 2);

/** A body behind headers as they should be. */
export function withBody(
  body: string | Uint8Array,
  extra: readonly (readonly [string, string])[] = [],
): CapturedRequest {
  return {
    method: "POST",
    headers: [...Object.entries(signed().headers), ["content-type", "application/json"], ...extra],
    body: typeof body === "string" ? Buffer.from(body) : body,
  };
}

const BODIES: Readonly<Record<string, (bytes: number) => string | Uint8Array>> = {
  "JSON lists in lists": (bytes) => times("[", half(bytes)) + times("]", half(bytes)),
  "JSON objects in objects": (bytes) => `${times('{"a":', bytes)}1${"}".repeat(Math.ceil(bytes / 5))}`,
  "an object of lists in lists": (bytes) => `{"a":${times("[", half(bytes))}${times("]", half(bytes))}}`,
  "31 levels and many values": (bytes) => `{"a":${"[".repeat(30)}1${times(",1", bytes)}${"]".repeat(30)}}`,
  "lists that are never closed": (bytes) => times("[", bytes),
  "objects that are never closed": (bytes) => times('{"a":', bytes),
  "line breaks": (bytes) => times("\r\n", bytes),
  "blanks, then a letter": (bytes) => `${times(" ", bytes)}x`,
  "JSON behind blanks": (bytes) => `${times(" ", bytes)}{}`,
  "a letter, then blanks": (bytes) => `x${times(" \t", bytes)}`,
  "line feeds between letters": (bytes) => times("a\n", bytes),
  "byte order marks": (bytes) => times("\ufeff", bytes),
  "boundaries of multipart": (bytes) => times("--a\r\n", bytes),
  "parts of multipart": (bytes) => times("--a\r\nx: y\r\n\r\n{}\r\n", bytes),
  "headers of a part that never end": (bytes) => `--a\r\n--a\r\n${times("x: y\r\n", bytes)}`,
  "blank lines in a part": (bytes) => `--a\r\n--a\r\n${times("\r\n", bytes)}x`,
  "fields of a form": (bytes) => times("%7B%7D=%7B%7D&", bytes),
  "a form of braces": (bytes) => `a=%7B${times("{", bytes)}`,
  "percent signs": (bytes) => `%7B${times("%", bytes)}`,
  "members that hold JSON": (bytes) =>
    `{${Array.from({ length: bytes / 20 }, (_, index) => `"m${index}":"{\\"a\\":1}"`).join()}}`,
  "members that hold base64": (bytes) =>
    `{${Array.from({ length: bytes / 30 }, (_, index) => `"m${index}":"QUJDREVGR0hJSktMTU5P"`).join()}}`,
  "one long string": (bytes) => `{"a":"${times("a", bytes)}"}`,
  "a string of escapes": (bytes) => `{"a":"${times('\\"', bytes)}"}`,
  "a string of surrogates": (bytes) => `{"a":"${times("\\ud83d\\ude00", bytes)}"}`,
  "a string that is never closed": (bytes) => `{"a":"${times("\\", bytes)}`,
  "quotation marks": (bytes) => times('"', bytes),
  slashes: (bytes) => `{"a":"${times("/<é\u2028", bytes)}"}`,
  "accents on one letter, out of order": (bytes) =>
    `{"a":"e${times("\u0301", half(bytes))}${times("\u0316", half(bytes))}"}`,
  "letters outside ASCII": (bytes) => `{"a":"${times("é", bytes)}"}`,
  "a list of numbers": (bytes) => `[1${times(",1", bytes)}]`,
  "a long number": (bytes) => `{"a":${times("1", bytes)}}`,
  "numbers with exponents": (bytes) => `{"a":[1e1${times(",1.0e5", bytes)}]}`,
  digits: (bytes) => times("1", bytes),
  base64: (bytes) => times("QUJD", bytes),
  "base64 that ends in another character": (bytes) => `${times("QUJD", bytes)}!`,
  "a printed Buffer": (bytes) => `<Buffer 7b${times(" 7b", bytes)}>`,
  "a printed Buffer that goes on": (bytes) => `<Buffer 7b${times(" 7b", bytes)}... ${times("1", bytes)} more`,
  "bytes as Python prints them": (bytes) => `b'${times("\\x7b", bytes)}'`,
  "an object as JavaScript prints it": (bytes) => `[object ${times("a", bytes)}`,
  "bytes that are not text": (bytes) => Buffer.alloc(bytes, 0xff),
  "UTF-16": (bytes) => Buffer.from(`{"a":"${times("é", half(bytes))}"}`, "utf16le"),
  "gzip of much more": (bytes) => gzipSync(Buffer.alloc(bytes * 100, "[")),
  "brotli of much more": (bytes) => brotliCompressSync(Buffer.alloc(bytes * 10, "[")),
  "many keys": (bytes) =>
    `{${Array.from({ length: bytes / 12 }, (_, index) => `"k${index}":1`).join()},"id":"a","type":"b","created":1,"data":{}}`,
};

const VALUES: Readonly<Record<string, (bytes: number) => string>> = {
  blanks: (bytes) => `a${times(" ", bytes)}b`,
  "blanks and tabs": (bytes) => `a${times(" \t", bytes)}b`,
  commas: (bytes) => times(",", bytes),
  "commas and blanks": (bytes) => `${times(" , ", bytes)}x`,
  "values with commas": (bytes) => Array.from({ length: bytes / 6 }, (_, index) => `v${index}`).join(","),
  versions: (bytes) => times("v1,", bytes),
  "versions and blanks": (bytes) => times("v1, ", bytes),
  tokens: (bytes) =>
    Array.from(
      { length: Math.ceil(bytes / 48) },
      (_, index) => `v1,${String(index).padStart(43, "A")}=`,
    ).join(" "),
  "percent-encoding": (bytes) => times("%2C", bytes),
  quotes: (bytes) => times('"', bytes),
  "escaped quotes": (bytes) => times('\\"', bytes),
  digits: (bytes) => times("9", bytes),
  "digits with dots": (bytes) => times("9.", bytes),
  letters: (bytes) => times("aB", bytes),
  hyphens: (bytes) => times("webhook-", bytes),
  "t=1,": (bytes) => times("t=1,", bytes),
  stars: (bytes) => `${times("*", bytes)}!`,
};

const NAMES = [
  "webhook-id",
  "webhook-timestamp",
  "webhook-signature",
  "x-mintfax-signature",
  "content-length",
  "content-encoding",
];

function inHeader(name: string, value: string): CapturedRequest {
  const others = name.startsWith("x-")
    ? []
    : Object.entries(signed().headers).filter(([each]) => each !== name);
  return { method: "POST", headers: [...others, [name, value]], body: Buffer.from('{"id":"evt_1"}') };
}

/** Bodies, and values of each header. */
export const HOSTILE_SHAPES: readonly HostileShape[] = [
  ...Object.entries(BODIES).map(
    ([name, make]): HostileShape => ({ name, make: (bytes) => withBody(make(bytes)) }),
  ),
  ...NAMES.flatMap((header) =>
    Object.entries(VALUES).map(
      ([name, make]): HostileShape => ({
        name: `${header}: ${name}`,
        make: (bytes) => inHeader(header, make(bytes)),
      }),
    ),
  ),
  {
    name: "names of headers",
    make: (bytes) => ({ headers: [[`${times("webhook-", bytes)}id`, "a"]], body: Buffer.from("{}") }),
  },
  {
    name: "many headers of one name",
    make: (bytes) => ({
      headers: Array.from({ length: bytes / 16 }, (_, index) => ["webhook-id", `evt_${index}`] as const),
      body: Buffer.from("{}"),
    }),
  },
];

const HEAD = "POST / HTTP/1.1\r\nHost: a\r\n";
const CHUNKED = `${HEAD}Transfer-Encoding: chunked\r\n\r\n`;
const CAPTURES: Readonly<Record<string, (bytes: number) => string>> = {
  "line feeds": (bytes) => times("\n", bytes),
  "line breaks": (bytes) => times("\r\n", bytes),
  blanks: (bytes) => times(" ", bytes),
  "blanks in a header": (bytes) => `a: b${times(" ", bytes)}c\r\n\r\n`,
  "a name, then blanks": (bytes) => `a${times(" ", bytes)}\n`,
  "header lines": (bytes) => times("a: b\r\n", bytes),
  "lines that go on": (bytes) => `a: b\r\n${times(" x\r\n", bytes)}`,
  chunks: (bytes) => CHUNKED + times("1\r\nx\r\n", bytes),
  "a chunk's extension": (bytes) => `${CHUNKED}1;${times("x", bytes)}`,
  "blanks behind a chunk's size": (bytes) => `${CHUNKED}1${times(" ", bytes)}`,
  "transfer encodings": (bytes) => `${HEAD}Transfer-Encoding:${times("chunked,", bytes)}\r\n\r\nx`,
  "curl: words": (bytes) => `curl ${times("a ", bytes)}`,
  "curl: quoted words": (bytes) => `curl ${times("'a' ", bytes)}`,
  "curl: one word": (bytes) => `curl '${times("a", bytes)}'`,
  "curl: a quote that is not closed": (bytes) => `curl '${times("a ", bytes)}`,
  "curl: escapes": (bytes) => `curl "${times('\\"', bytes)}"`,
  "curl: bytes": (bytes) => `curl $'${times("\\x80", bytes)}'`,
  "curl: headers": (bytes) => `curl ${times("-H 'a: b' ", bytes)}https://a`,
  "curl: data": (bytes) => `curl ${times("-d 'a' ", bytes)}https://a`,
  "curl: hyphens": (bytes) => `curl ${times("-", bytes)}`,
  "curl: letters behind a hyphen": (bytes) => `curl -${times("k", bytes)}`,
  "curl: unknown options": (bytes) => `curl ${times("--a=b ", bytes)}`,
  "JSON: a body of lists in lists": (bytes) =>
    `{"headers":{"a":"b"},"body":${times("[", half(bytes))}${times("]", half(bytes))}}`,
  "JSON: headers of lists in lists": (bytes) =>
    `{"headers":${times("[", half(bytes))}${times("]", half(bytes))},"body":"x"}`,
  "JSON: pairs": (bytes) => `{"headers":[${times('["a","b"],', bytes)}["a","b"]],"body":"x"}`,
  "JSON that is never closed": (bytes) => `{${times("[", bytes)}`,
  "JSON: texts in a list": (bytes) => `[${times('"{\\"a\\":1}",', bytes)}1]`,
  "JSON: text in text in text": (bytes) => {
    let json = "{}";
    while (json.length < bytes) json = JSON.stringify({ message: json });
    return json;
  },
  "HAR: entries": (bytes) =>
    `{"log":{"entries":[${times('{"request":{"httpVersion":"","headers":[]}},', bytes)}{}]}}`,
  "HAR: headers": (bytes) =>
    `{"log":{"entries":[{"request":{"httpVersion":"","headers":[${times('{"name":"webhook-id","value":"x"},', bytes)}{}]}}]}}`,
  "HAR: requests with our headers": (bytes) =>
    `{"log":{"entries":[${times('{"request":{"httpVersion":"","headers":[{"name":"webhook-id","value":"x"}]}},', bytes)}{}]}}`,
  "Postman: folders in folders": (bytes) =>
    `{"info":{},"item":[${times('{"item":[', bytes)}${times("]}", bytes / 4)}]}`,
  "Postman: requests": (bytes) =>
    `{"info":{},"item":[${times('{"request":{"header":"webhook-id: a"}},', bytes)}{}]}`,
  "Postman: variables": (bytes) =>
    `{"info":{},"variable":[{"key":"a","value":"${times("b", 100)}"}],"item":[{"request":{"body":{"raw":"${times("{{a}}", half(bytes))}"}}}]}`,
  "ngrok: raw requests": (bytes) => `{"requests":[${times('{"request":{"raw":"R0VUIC8="}},', bytes)}{}]}`,
  "ngrok: one raw request": (bytes) => `{"request":{"raw":"${times("YTogYgo=", bytes)}"}}`,
  "Lambda: headers of several values": (bytes) =>
    `{"requestContext":{},"multiValueHeaders":{"a":[${times('"b",', bytes)}"c"]},"body":null}`,
  "log lines": (bytes) => times('1 {"a":1}\n', bytes),
  "log lines with requests": (bytes) => times('{"req":{"headers":{"webhook-id":"a"}}}\n', bytes),
  "log lines that are cut": (bytes) => times('{"a":\n', bytes),
  "printed: objects in objects": (bytes) => times("{ a: ", bytes),
  "printed: objects": (bytes) => times("{ a: 1 }\n", bytes),
  "printed: headers, again and again": (bytes) => times("{ 'webhook-id': 'a' }\n", bytes),
  "printed: starts that lead nowhere": (bytes) => times("{ ; ", bytes),
  "printed: a string that is never closed": (bytes) => `{ a: '${times("\\x41", bytes)}`,
  "printed: strings joined": (bytes) => `{ a: ${times("'b' + ", bytes)}'c' }`,
  "printed: comments": (bytes) => `{ ${times("/* a */ ", bytes)} a: 1 }`,
  "printed: comments that are never closed": (bytes) => `{ ${times("/* ", bytes)}`,
  "printed: class names": (bytes) => `{ a: ${times("A", bytes)} }`,
  "printed: references": (bytes) => `{ a: ${times("<ref *1> ", bytes)} }`,
  "printed: a Buffer": (bytes) => `{ 'webhook-id': 'a' }\n<Buffer${times(" 7b", bytes)}>`,
  "printed: styles": (bytes) => `{ ${times("\u001b[32m", bytes)} a: 1 }`,
  "fetch: calls": (bytes) => times('fetch("a", {});\n', bytes),
  "fetch: calls that are cut": (bytes) => times('fetch("a", {\n', bytes),
  "fetch: one string": (bytes) => `fetch("${times("a", bytes)}`,
  "PowerShell: commands": (bytes) => times('Invoke-WebRequest -Uri "a" -Headers @{"a"="b"}\n', bytes),
  "PowerShell: parameters": (bytes) => `Invoke-WebRequest ${times("-A b ", bytes)}`,
  "PowerShell: names without values": (bytes) => `Invoke-WebRequest ${times("-A ", bytes)}`,
  "PowerShell: headers": (bytes) => `Invoke-WebRequest -Headers @{${times('"a"="b"\n', bytes)}}`,
  "PowerShell: headers in headers": (bytes) => `Invoke-WebRequest -Headers ${times("@{a=", bytes)}`,
  "PowerShell: parentheses": (bytes) => `Invoke-WebRequest -Body ${times("(", bytes)}`,
  "PowerShell: escapes": (bytes) => `Invoke-WebRequest -Body "${times("`n", bytes)}"`,
  "PowerShell: characters": (bytes) => `Invoke-WebRequest -Body "${times("$([char]65)", bytes)}"`,
  "PowerShell: quotes": (bytes) => `Invoke-WebRequest -Body ${times("'", bytes)}`,
  "PowerShell: variables": (bytes) => `${times('$a = "b"\n', bytes)}Invoke-WebRequest $a`,
  "PowerShell: continued lines": (bytes) => `Invoke-WebRequest ${times("`\n", bytes)}`,
  "curl -v: requests": (bytes) => times("> POST / HTTP/1.1\n> a: b\n>\n", bytes),
  "curl -v: headers": (bytes) => `> POST / HTTP/1.1\n${times("> a: b\n", bytes)}`,
  "curl for cmd: carets": (bytes) => `curl ^"${times("^", bytes)}`,
  "curl for cmd: lines": (bytes) => `curl ^"a^"${times(" ^\n", bytes)}`,
  "curl for cmd: backslashes": (bytes) => `curl ^"${times("\\", bytes)}^"`,
  "prompts without a command": (bytes) => times("$ ", bytes),
  "answers behind a request": (bytes) => `POST / HTTP/1.1\na: b\n\n${times("\n\nHTTP/", bytes)}`,
  "empty lines": (bytes) => `a: b\n${times(" \t", bytes)}\n`,
  "UTF-16": (bytes) => times("a\0", bytes),
};

/** Texts of captures. */
export const HOSTILE_CAPTURES: readonly { readonly name: string; make(bytes: number): string }[] =
  Object.entries(CAPTURES).map(([name, make]) => ({ name, make }));
