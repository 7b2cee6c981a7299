import { createHmac } from "node:crypto";
import type { Random } from "test-support/random";
import { PATH, PATIENT, SECRET } from "test-support/siege-setting";

/** A request in its parts, before it is written down. */
export interface Draft {
  method: string;
  target: string;
  version: string;
  /** In their order; names may repeat. */
  headers: [name: string, value: string][];
  /** What is signed, and sent unless `sent` is there. */
  body: Buffer;
  sent?: Buffer;
  id: string;
  timestamp: string;
  framing: "length" | "chunked" | "none";
  /** Of a chunk. */
  chunkBytes: number;
  /** Changes the chunked body as it goes on the wire. */
  rechunk?: (wire: Buffer) => Buffer;
  /** Makes the signature header from the right signature. */
  signature: (mac: string) => string;
}

const TYPES = ["fax.delivered", "fax.failed", "fax.queued", "balance.low", "fax.invented", "other.thing"];
const SIZES = [0, 0, 0, 0, 100, 5_000, 20_000];

/** As mintfax would send it, of a new event. */
export function goodDraft(random: Random, id: string): Draft {
  const note = random.pick(["", "ä", "\u{1f4e0}", "a\\b"]);
  const object = { id: "fax_1", to: PATIENT, status: "delivered", note };
  const created = Math.floor(Date.now() / 1_000);
  const padding = "x".repeat(random.pick(SIZES));
  return {
    method: "POST",
    target: PATH,
    version: "HTTP/1.1",
    headers: [
      ["Host", "clinic.example"],
      ["Content-Type", "application/json"],
      ["User-Agent", "mintfax-webhooks/1.0"],
    ],
    body: Buffer.from(JSON.stringify({ id, type: random.pick(TYPES), created, data: { object }, padding })),
    id,
    timestamp: String(created),
    framing: random.chance(0.7) ? "length" : "chunked",
    chunkBytes: random.pick([1, 7, 64, 4_096]),
    signature: (mac) => `v1,${mac}`,
  };
}

/** The signature that a draft would pass with. */
export function macOf({ id, timestamp, body }: Draft): string {
  return createHmac("sha256", Buffer.from(SECRET.slice("whsec_".length), "base64"))
    .update(`${id}.${timestamp}.`, "latin1")
    .update(body)
    .digest("base64");
}

/** Writes it down, with one byte for each character of a header. */
export function written(draft: Draft): Buffer {
  const { method, target, version, body, id, timestamp, sent = body } = draft;
  const own: [string, string][] = [
    ["Webhook-Id", id],
    ["Webhook-Timestamp", timestamp],
    ["Webhook-Signature", draft.signature(macOf(draft))],
  ];
  const kept = own.filter(
    ([name]) => !draft.headers.some(([other]) => other.toLowerCase() === name.toLowerCase()),
  );
  const headers = [...draft.headers, ...kept];
  if (draft.framing === "length") headers.push(["Content-Length", String(sent.length)]);
  if (draft.framing === "chunked") headers.push(["Transfer-Encoding", "chunked"]);
  // A header that is there without a value was left out on purpose.
  const lines = headers.filter(([, value]) => value !== OMITTED).map(([name, value]) => `${name}: ${value}`);
  const head = Buffer.from([`${method} ${target} ${version}`, ...lines, "", ""].join("\r\n"), "latin1");
  if (draft.framing !== "chunked") return Buffer.concat([head, sent]);
  const wire = chunked(sent, draft.chunkBytes);
  return Buffer.concat([head, draft.rechunk?.(wire) ?? wire]);
}

/** The value of a header that is not to be sent. */
export const OMITTED = "\0omitted";

function chunked(body: Buffer, size: number): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; at += size) {
    const chunk = body.subarray(at, at + size);
    parts.push(Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from("\r\n"));
  }
  parts.push(Buffer.from("0\r\n\r\n"));
  return Buffer.concat(parts);
}
