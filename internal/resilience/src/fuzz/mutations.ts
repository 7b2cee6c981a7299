import type { Random } from "test-support/random";
import { type Draft, OMITTED } from "./draft.ts";

/** Changes one thing about a request that is signed afterwards, so that only the change decides about it. */
type Mutation = (draft: Draft, random: Random) => void;

const OWN_HEADERS = ["Webhook-Id", "Webhook-Timestamp", "Webhook-Signature"] as const;
const METHODS = [
  "GET",
  "HEAD",
  "PUT",
  "DELETE",
  "OPTIONS",
  "PATCH",
  "TRACE",
  "PROPFIND",
  "post",
  "FOO",
  "P OST",
  "",
];
const TARGETS = [
  "/webhooks/mintfax/",
  "/webhooks/mintfax?a=b",
  "//webhooks/mintfax",
  "/webhooks//mintfax",
  "/WEBHOOKS/mintfax",
  "/webhooks/mintfax%00",
  "/webhooks/%6dintfax",
  "/webhooks/../webhooks/mintfax",
  "http://clinic.example/webhooks/mintfax",
  "http://evil.example:99999/webhooks/mintfax",
  "*",
  "/",
  "/%zz",
  "webhooks/mintfax",
  "/webhooks/mintfax#x",
  `/${"a".repeat(9_000)}`,
];
const ODD_TEXTS = [
  "",
  " ",
  ",",
  ", ",
  "\t",
  "\x00",
  "\x7f",
  "\xff",
  "é",
  "\r",
  "\n",
  "\r\n X: y",
  "a, b",
  "__proto__",
];

function setHeader(draft: Draft, name: string, value: string): void {
  draft.headers = draft.headers.filter(([other]) => other.toLowerCase() !== name.toLowerCase());
  draft.headers.push([name, value]);
}

function edited(text: string, random: Random): string {
  const at = random.between(0, text.length);
  const cut = random.between(0, 2);
  return text.slice(0, at) + random.pick([...ODD_TEXTS, "0", ".", "+", "A"]) + text.slice(at + cut);
}

function flipped(bytes: Buffer, random: Random): Buffer {
  const copy = Buffer.from(bytes);
  for (let times = random.between(1, 3); times > 0 && copy.length > 0; times--) {
    const at = random.between(0, copy.length - 1);
    copy[at] = (copy[at] ?? 0) ^ (1 << random.between(0, 7));
  }
  return copy;
}

export const MUTATIONS: readonly Mutation[] = [
  (draft, random) => {
    draft.method = random.pick(METHODS);
  },
  (draft, random) => {
    draft.target = random.pick(TARGETS);
  },
  (draft, random) => {
    draft.version = random.pick([
      "HTTP/1.0",
      "HTTP/1.2",
      "HTTP/2.0",
      "HTTP/0.9",
      "http/1.1",
      "",
      "HTTP/1.1 ",
    ]);
  },
  // The three headers.
  (draft, random) => {
    draft.id = random.pick([
      edited(draft.id, random),
      `${draft.id}.1`,
      "i".repeat(257),
      "i".repeat(256),
      "__proto__",
      "",
    ]);
  },
  (draft, random) => {
    const seconds = Number(draft.timestamp);
    draft.timestamp = random.pick([
      edited(draft.timestamp, random),
      ...[-86_400, -400, 400, 3_600].map((by) => String(seconds + by)),
      `0${seconds}`,
      `+${seconds}`,
      `${seconds}.0`,
      `${seconds}000`,
      seconds.toExponential(),
      "-1",
      "9".repeat(15),
      "9".repeat(40),
    ]);
  },
  (draft, random) => {
    const make = draft.signature;
    const change = random.pick<(right: string) => string>([
      (right) => edited(right, random),
      (right) => `v1,${"A".repeat(43)}= ${right}`,
      (right) => `${right} ${right}`,
      (right) => `${`v1,${"A".repeat(43)}= `.repeat(15)}${right}`,
      (right) => `${`v1,${"A".repeat(43)}= `.repeat(16)}${right}`,
      (right) => right.replace("v1", "v2"),
      (right) => right.replace("v1,", "V1,"),
      (right) => right.slice(0, -1),
      (right) => right.replaceAll("+", "-").replaceAll("/", "_"),
      (right) => `${right},x`,
      (right) => `v1a,${right}`,
      () => "v1,",
      () => "x".repeat(random.pick([2_048, 2_049, 10_000, 20_000])),
    ]);
    draft.signature = (mac) => change(make(mac));
  },
  (draft, random) => setHeader(draft, random.pick(OWN_HEADERS), random.pick([OMITTED, "", ...ODD_TEXTS])),
  // Twice: the same, or something else; by another spelling of the name.
  (draft, random) => {
    const name = random.pick(OWN_HEADERS);
    const value = random.pick([
      { "Webhook-Id": draft.id, "Webhook-Timestamp": draft.timestamp, "Webhook-Signature": "v1,x" }[name],
      "x",
      "",
    ]);
    draft.rechunk ??= (wire) => wire;
    const spelled = random.pick([name, name.toLowerCase(), name.toUpperCase()]);
    // Written after our own one: `written` leaves its own out only for a header of that name.
    draft.headers.push([`X-Before: 1\r\n${spelled}`, value]);
  },
  // Spelling, folding, spaces.
  (draft, random) => {
    const [name, value] = random.pick(draft.headers);
    const changed = random.pick<[string, string]>([
      [name.toUpperCase(), value],
      [`${name} `, value],
      [` ${name}`, value],
      [name, `\r\n ${value}`],
      [name, `\t ${value} \t`],
      [name.replace("-", "_"), value],
      ["", value],
      [`${name}\x00`, value],
      [name, `${value}\x00`],
      [name, "v".repeat(random.pick([8_000, 17_000]))],
    ]);
    draft.headers.push(changed);
  },
  (draft, random) => {
    for (let left = random.pick([50, 150, 3_000]); left > 0; left--) draft.headers.push([`X-${left}`, "v"]);
  },
  (draft, random) =>
    setHeader(
      draft,
      "Content-Encoding",
      random.pick(["gzip", "identity", "IDENTITY", "", "br, identity", "x"]),
    ),
  (draft, random) =>
    setHeader(
      draft,
      "Connection",
      random.pick(["close", "keep-alive", "upgrade", "webhook-signature", "x, close"]),
    ),
  (draft, random) => setHeader(draft, "Expect", random.pick(["100-continue", "100-Continue", "200-ok", ""])),
  (draft) => {
    draft.headers.push(["Upgrade", "websocket"], ["Connection", "Upgrade"]);
  },
  // The body, signed as it is.
  (draft, random) => {
    draft.body = random.pick([
      Buffer.alloc(0),
      Buffer.from("null"),
      Buffer.from("[]"),
      Buffer.from("{"),
      Buffer.from(`\ufeff${draft.body}`),
      Buffer.from(`{"__proto__":{"x":1},${draft.body.subarray(1)}`),
      Buffer.from(`${draft.body} `),
      Buffer.from(`${"[".repeat(50_000)}`),
      Buffer.from(JSON.stringify({ id: draft.id, type: "fax.delivered" })),
      flipped(draft.body, random),
    ]);
  },
  (draft, random) => {
    // Around the limit, and well beyond it.
    const bytes = random.pick([262_143, 262_144, 262_145, 600_000]);
    draft.body = Buffer.concat([draft.body, Buffer.alloc(Math.max(0, bytes - draft.body.length), " ")]);
    draft.chunkBytes = 16_384;
  },
  // The body on the wire: not what was signed.
  (draft, random) => {
    draft.sent = random.pick([
      flipped(draft.body, random),
      draft.body.subarray(1),
      Buffer.concat([draft.body, draft.body]),
    ]);
  },
  // Framing.
  (draft, random) => {
    const length = draft.body.length;
    draft.framing = "none";
    const value = random.pick([
      length - 1,
      length + 1,
      0,
      -1,
      1e15,
      "many",
      `0${length}`,
      `+${length}`,
      `0x${length.toString(16)}`,
      `${length}, ${length}`,
      "",
    ]);
    draft.headers.push(["Content-Length", String(value)]);
  },
  (draft, random) => {
    draft.headers.push(["Content-Length", String(draft.body.length + random.between(0, 1))]);
  },
  (draft, random) => {
    draft.framing = random.pick(["none", "chunked"]);
    draft.headers.push([
      "Transfer-Encoding",
      random.pick(["gzip", "chunked", "chunked, gzip", "gzip, chunked", "xchunked", ""]),
    ]);
  },
  (draft, random) => {
    draft.framing = "chunked";
    const before = draft.rechunk ?? ((wire: Buffer) => wire);
    const change = random.pick<(wire: Buffer) => Buffer>([
      (wire) => wire.subarray(0, wire.length - 5),
      (wire) => wire.subarray(0, random.between(0, wire.length)),
      (wire) =>
        Buffer.from(
          wire
            .toString("latin1")
            .replace(/^[0-9a-f]+/, random.pick(["ffffffffffffffff", "-1", "0x5", "zz", "", "1"])),
          "latin1",
        ),
      (wire) => Buffer.from(wire.toString("latin1").replace("\r\n", ';ext="\x01"\r\n'), "latin1"),
      (wire) => Buffer.from(wire.toString("latin1").replaceAll("\r\n", "\n"), "latin1"),
      (wire) =>
        Buffer.concat([wire.subarray(0, wire.length - 2), Buffer.from("Webhook-Id: evt_trailer\r\n\r\n")]),
      (wire) => flipped(wire, random),
    ]);
    draft.rechunk = (wire) => change(before(wire));
  },
];

/** Changes bytes of what was written, wherever they are. */
export const BYTE_MUTATIONS: readonly ((bytes: Buffer, random: Random) => Buffer)[] = [
  flipped,
  (bytes, random) => bytes.subarray(0, random.between(0, bytes.length)),
  (bytes, random) => {
    const at = random.between(0, bytes.length);
    const junk = Buffer.from(Array.from({ length: random.between(1, 8) }, () => random.between(0, 255)));
    return Buffer.concat([bytes.subarray(0, at), junk, bytes.subarray(at)]);
  },
  (bytes, random) => {
    const at = random.between(0, bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + random.between(1, 20))]);
  },
  (bytes, random) => {
    const from = random.between(0, bytes.length);
    return Buffer.concat([bytes, bytes.subarray(from, from + 200)]);
  },
  (bytes) => Buffer.from(bytes.toString("latin1").replaceAll("\r\n", "\n"), "latin1"),
];
