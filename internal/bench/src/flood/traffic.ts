import { createHmac } from "node:crypto";
import { PATH, SECRET } from "test-support/siege-setting";

const KEY = Buffer.from(SECRET.slice("whsec_".length), "base64");

/** What forgers send, and what they are to be answered. */
export const KINDS = {
  "bad signature, id of a good delivery": 400,
  "bad signature, unknown id": 400,
  // All that is looked at of a signature header, so each one is compared.
  "16 bogus tokens": 400,
  "1,000 bogus tokens": 400,
  "stale replay": 400,
  "missing header": 400,
  "oversized, declared": 413,
  "oversized, undeclared": 413,
  "slow body": 408,
} as const;

export type Kind = keyof typeof KINDS;

interface Signed {
  readonly id: string;
  readonly timestamp: number;
  readonly signature: string;
}

export function bodyOf(id: string): Buffer {
  const object = { id: "fax_1", status: "delivered", pages: 3, tags: { order: "4711" } };
  const created = Math.floor(Date.now() / 1_000);
  return Buffer.from(JSON.stringify({ id, type: "fax.delivered", created, data: { object } }));
}

export function signatureOf(id: string, timestamp: number, body: Buffer): string {
  return `v1,${createHmac("sha256", KEY).update(`${id}.${timestamp}.`).update(body).digest("base64")}`;
}

/** The headers that a sender of deliveries sets. */
export function headersOf({ id, timestamp, signature }: Signed): Record<string, string> {
  return {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": signature,
  };
}

function written(headers: Record<string, string>, body: Uint8Array): Buffer {
  const lines = Object.entries({ host: "clinic.example", ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  return Buffer.concat([
    Buffer.from([`POST ${PATH} HTTP/1.1`, ...lines, "", ""].join("\r\n"), "latin1"),
    body,
  ]);
}

const FORGED = `v1,${"A".repeat(43)}=`;
/** Short ones, so that Node's own 16 KiB of headers do not end it before our 16 tokens do. */
const THOUSAND_TOKENS = "v1,AAAA ".repeat(1_000).trim();
/** Captured long ago: nothing is wrong with it but its age. */
const CAPTURED_SECONDS_AGO = 3_600;
const DECLARED_BYTES = 10 * 2 ** 20;
/** More than the limit of 256 KiB, in one chunk that does not tell where the body ends. */
const UNDECLARED = Buffer.concat([
  Buffer.from(`${(300 * 1_024).toString(16)}\r\n`),
  Buffer.alloc(300 * 1_024, " "),
]);

let count = 0;

/** Bytes of a forged request. */
export function forged(kind: Kind): Buffer {
  count += 1;
  const ofGood = kind === "bad signature, id of a good delivery";
  const id = ofGood ? `evt_good${(count % 100) + 1}` : `evt_forged${count}`;
  const timestamp = Math.floor(Date.now() / 1_000);
  const body = bodyOf(id);
  const delivery = { id, timestamp, signature: FORGED };
  const send = (over: Partial<typeof delivery>, length = body.length): Buffer =>
    written({ ...headersOf({ ...delivery, ...over }), "content-length": String(length) }, body);
  switch (kind) {
    case "16 bogus tokens":
      return send({ signature: Array(16).fill(FORGED).join(" ") });
    case "1,000 bogus tokens":
      return send({ signature: THOUSAND_TOKENS });
    case "stale replay": {
      const then = timestamp - CAPTURED_SECONDS_AGO;
      return send({ timestamp: then, signature: signatureOf(id, then, body) });
    }
    case "missing header": {
      const { "webhook-signature": _, ...others } = headersOf(delivery);
      return written({ ...others, "content-length": String(body.length) }, body);
    }
    case "oversized, declared":
      return send({}, DECLARED_BYTES);
    case "oversized, undeclared":
      return written({ ...headersOf(delivery), "transfer-encoding": "chunked" }, UNDECLARED);
    // Some hundred bytes at once; the forger writes on, too slowly.
    case "slow body":
      return send({}, body.length + 1_000);
    default:
      return send({});
  }
}
