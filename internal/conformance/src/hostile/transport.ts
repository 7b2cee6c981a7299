import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import {
  carrying,
  chunked,
  type Draft,
  declaring,
  envelope,
  envelopeOf,
  type Framing,
  inSteps,
  partsOf,
  unframed,
} from "./draft.ts";
import { processed, type Row, refused } from "./row.ts";
import { DEFAULT_LIMIT_BYTES } from "./setting.ts";

const FILLER = Buffer.alloc(600_000, "x");
const LAST_CHUNKS = Buffer.from(`${FILLER.length.toString(16)}\r\n${FILLER}\r\n0\r\n\r\n`);
const PLAIN = Buffer.from(envelope());

function encoded(contentEncoding: string | readonly string[], bytes: Uint8Array): Draft {
  return { body: PLAIN, headers: { "content-encoding": contentEncoding }, framing: carrying(bytes) };
}

const encodings: readonly Row[] = [
  refused("content_encoding_unsupported", "gzip", encoded("gzip", gzipSync(PLAIN))),
  refused("content_encoding_unsupported", "gzip in capitals", encoded("GZIP", gzipSync(PLAIN))),
  refused("content_encoding_unsupported", "gzip twice", encoded("gzip, gzip", gzipSync(gzipSync(PLAIN)))),
  // Threat: T12
  refused("content_encoding_unsupported", "gzip in a second header", encoded(["identity", "gzip"], PLAIN)),
  refused("content_encoding_unsupported", "deflate", encoded("deflate", deflateSync(PLAIN))),
  refused("content_encoding_unsupported", "br", encoded("br", brotliCompressSync(PLAIN))),
  refused("content_encoding_unsupported", "gzip that is not", encoded("gzip", PLAIN)),
  refused("content_encoding_unsupported", "an unknown encoding", encoded("x", PLAIN)),
  // A bomb: 256 KiB that would be 256 MiB.
  // Threat: T12
  refused(
    "content_encoding_unsupported",
    "gzip of 250 MiB of zeros",
    encoded("gzip", gzipSync(Buffer.alloc(250 * 1024 * 1024), { level: 1 }).subarray(0, 200_000)),
  ),
  // Threat: T12
  refused("signature_mismatch", "gzip without saying so", {
    body: PLAIN,
    framing: carrying(gzipSync(PLAIN)),
  }),
  processed("identity", encoded("identity", PLAIN)),
  processed("identity in capitals", encoded("Identity", PLAIN)),
  processed("an empty content-encoding", encoded("", PLAIN)),
];

const sizes: readonly Row[] = [
  refused(
    "body_too_large",
    "one byte over the limit",
    // The head alone: what has been declared too large is not waited for.
    inSteps({ framing: declaring(String(DEFAULT_LIMIT_BYTES + 1)) }, ({ head }) => [head]),
  ),
  refused("body_too_large", "one byte over the limit, sent whole", {
    body: envelopeOf(DEFAULT_LIMIT_BYTES + 1),
  }),
  refused("body_too_large", "a petabyte declared", { framing: declaring("1000000000000000") }),
  refused("body_too_large", "one byte over the limit, undeclared", {
    body: envelopeOf(DEFAULT_LIMIT_BYTES + 1),
    framing: chunked(65_536),
  }),
  // Threat: T06
  refused("body_too_large", "undeclared and without end", {
    body: envelopeOf(DEFAULT_LIMIT_BYTES + 65_536),
    framing: withoutEnd,
  }),
  processed("exactly at the limit", { body: envelopeOf(DEFAULT_LIMIT_BYTES) }),
  processed("exactly at the limit, undeclared", {
    body: envelopeOf(DEFAULT_LIMIT_BYTES),
    framing: chunked(65_536),
  }),
  refused("body_not_json", "declared empty", { body: "", framing: declaring("0") }),
  refused("body_not_json", "neither length nor chunks", { body: "", framing: unframed }),
  refused("signature_mismatch", "declared two bytes shorter than it is", {
    // A line break, since what is left over would be the start of the connection's next request.
    body: `${envelope()}\r\n`,
    framing: (body) => ({ headers: [`Content-Length: ${body.length - 2}`], bytes: body }),
  }),
  processed("length with a leading zero", {
    framing: (body) => ({ headers: [`Content-Length: 0${body.length}`], bytes: body }),
  }),
];

const speeds: readonly Row[] = [
  refused(
    "body_timeout",
    "half a body and then nothing",
    inSteps({ lane: "hurried" }, ({ head, bytes }) => [head, bytes.subarray(0, bytes.length / 2)]),
  ),
  // Threat: T06
  refused(
    "body_timeout",
    "headers and then nothing",
    inSteps({ lane: "hurried" }, ({ head }) => [head]),
  ),
  // Threat: T06
  refused("body_timeout", "chunks without an end", { lane: "hurried", framing: withoutEnd }),
];

const METHODS = ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "PROPFIND"];

const methods: readonly Row[] = METHODS.flatMap((method) => [
  refused("method_not_allowed", `${method} without a body`, { method, body: "", framing: unframed }),
  refused("method_not_allowed", `${method} with a good delivery in it`, { method }),
]);

/** Some go by the version to tell a stream of HTTP/2; Node lets a sender write what it likes. */
const FALSE_VERSION = { version: "HTTP/2.0" };

const versions: readonly Row[] = [
  processed("HTTP/2.0 in the request line", FALSE_VERSION),
  processed("HTTP/2.0 in the request line, chunked", { ...FALSE_VERSION, framing: chunked() }),
  refused(
    "body_too_large",
    "HTTP/2.0 in the request line, declared too large",
    inSteps({ ...FALSE_VERSION, framing: declaring(String(DEFAULT_LIMIT_BYTES + 1)) }, ({ head }) => [head]),
  ),
];

const chunks: readonly Row[] = [
  processed("chunked", { framing: chunked() }),
  processed("chunked byte by byte", { framing: chunked(1) }),
  processed("chunk extensions", { framing: chunked(64, ';name="value";flag') }),
  // Threat: T10
  processed("trailers that repeat the three headers", {
    framing: chunked(64, "", "webhook-id: evt_other\r\nwebhook-timestamp: 1\r\nwebhook-signature: v1,x\r\n"),
  }),
  processed(
    "sent byte by byte",
    inSteps({}, ({ head, bytes }) => [...singly(head), ...singly(bytes)]),
  ),
  processed("Upgrade, which a server may ignore", { headers: { connection: "upgrade", upgrade: "h2c" } }),
];

function withoutEnd(body: Buffer): ReturnType<Framing> {
  const { headers, bytes } = chunked(65_536)(body);
  return { headers, bytes: bytes.subarray(0, bytes.length - "0\r\n\r\n".length) };
}

function singly(bytes: Uint8Array): Uint8Array[] {
  return Array.from(bytes, (byte) => Uint8Array.of(byte));
}

const EXPECT = { headers: { expect: "100-continue" } };

const expectations: readonly Row[] = [
  {
    ...processed(
      "Expect: 100-continue",
      inSteps(EXPECT, ({ head, bytes }) => [head, "wait for 100 Continue", bytes]),
    ),
    interim: [100],
  },
  {
    ...refused(
      "signature_mismatch",
      "Expect: 100-continue, then another body",
      inSteps(EXPECT, ({ head, bytes }) => [head, "wait for 100 Continue", Buffer.from(bytes).reverse()]),
    ),
    interim: [100],
  },
  {
    // Node says "continue" before any of our code runs; the refusal follows without waiting for the body.
    ...refused(
      "timestamp_malformed",
      "Expect: 100-continue, refused by its headers",
      inSteps({ ...EXPECT, timestamp: "1e9" }, ({ head }) => [head]),
    ),
    interim: [100],
  },
  {
    ...refused(
      "body_too_large",
      "Expect: 100-continue, declared too large",
      inSteps({ ...EXPECT, framing: declaring("999999999") }, ({ head }) => [head]),
    ),
    interim: [100],
  },
];

/** Encodings, sizes, speeds, methods, versions, framing, expectations. */
export const TRANSPORT_ROWS: readonly Row[] = [
  ...encodings,
  ...sizes,
  ...speeds,
  ...methods,
  ...versions,
  ...chunks,
  ...expectations,
];

/**
 * Deliveries that end before their body does: no client is left to answer (Node's parser may say 400 on its own),
 * so what counts is the record.
 */
export const CUT_ROWS: readonly Row[] = [
  ...(["half-close", "reset"] as const).flatMap((ending) => [
    cut("half of a declared body", {}, ending, 0.5),
    cut("a declared body but one byte", {}, ending, 1),
    cut("none of a declared body", {}, ending, 0),
    cut("half of the chunks", { framing: chunked() }, ending, 0.5),
  ]),
  cut("half of the chunks under HTTP/2.0", { ...FALSE_VERSION, framing: chunked() }, "half-close", 0.5),
  // Node's parser gives up on these once the request has been handed on.
  refused("body_incomplete", "an unknown transfer coding", {
    headers: { "transfer-encoding": "gzip" },
    framing: bare,
  }),
  // Threat: T11
  refused(
    "body_incomplete",
    "20,000 characters of chunk extensions",
    inSteps({ framing: chunked(64, `;${"x".repeat(20_000)}`) }, ({ head, bytes }) => [
      head,
      "wait until the server has the headers",
      bytes,
    ]),
  ),
  refused(
    "body_incomplete",
    "a chunk size that is no number",
    inSteps({ framing: chunked() }, ({ head, bytes }) => [
      head,
      "wait until the server has the headers",
      bytes.subarray(0, 4),
      Buffer.from(`${"x".repeat(60)}\r\nxyz\r\n`),
    ]),
  ),
];

function bare(body: Buffer): ReturnType<Framing> {
  return { headers: [], bytes: body };
}

function cut(name: string, draft: Draft, ending: "half-close" | "reset", share: number): Row {
  const request = inSteps(draft, ({ head, bytes }) => {
    const sent = bytes.subarray(0, Math.min(bytes.length - 1, Math.ceil(bytes.length * share)));
    return [head, "wait until the server has the headers", sent];
  });
  return refused("body_incomplete", `${name}, then a ${ending}`, { ...request, ending });
}

/** Deliveries that are refused while their sender is still writing: the start, what it writes after, the answer. */
export const WRITING_ON: readonly { name: string; status: number; start: Uint8Array; rest: Uint8Array }[] = [
  writingOn("by its headers", 400, { timestamp: "1e9", framing: declaring("600000") }, FILLER),
  writingOn("for its declared length", 413, { framing: declaring("600000") }, FILLER),
  writingOn("for its true length", 413, { body: envelopeOf(300_000), framing: withoutEnd }, LAST_CHUNKS),
];

function writingOn(name: string, status: number, draft: Draft, rest: Uint8Array) {
  const { head, bytes } = partsOf(draft);
  const start = draft.framing === withoutEnd ? Buffer.concat([head, bytes]) : head;
  return { name, status, start, rest };
}
