import { createHmac, randomUUID } from "node:crypto";
import { eventFixture } from "@mintfax-webhooks/testing";
import { KEY, OTHER_KEY, PATH } from "../terms.ts";
import { polarEvent } from "./polar-event.ts";

/** Sizes of bodies, up to just below the default limit. */
export type LargeKb = 16 | 64 | 256;

/** What a load generator can send. */
export type Kind =
  | "mintfax"
  | "mintfax, a connection each"
  | "mintfax, 200 kB"
  | `mintfax, ${LargeKb} kB kept alive`
  | "github"
  | "polar"
  | "bad signature"
  | "stale timestamp"
  | "oversized, head only"
  | "oversized, sent in full"
  | "1,000 bogus tokens"
  | "16 KB signature"
  | "16 bogus tokens";

interface Head {
  readonly [name: string]: string;
}

/** One request's headers and body, for an id that no other has. */
type Make = (id: string) => { readonly headers: Head; readonly body: string };

const STALE_SECONDS = 3_600;
/** Over the default limit of 262,144, and well under it. */
const OVERSIZED_BYTES = 300_000;
const LARGE_BYTES = 200_000;
/** What fits beside the other headers into the 16 KiB that Node takes. */
const WIDE_SIGNATURE_LENGTH = 15_000;

const event = bodies((id) => eventFixture("fax.delivered", { id }));
const polar = bodies(polarEvent);

/** Everything here is one character a byte. */
const KINDS: Readonly<Record<Kind, Make>> = {
  mintfax: (id) => signed(id, event(id)),
  "mintfax, a connection each": (id) => alone(signed(id, event(id))),
  "mintfax, 200 kB": (id) => alone(signed(id, padded(event(id), LARGE_BYTES))),
  "mintfax, 16 kB kept alive": (id) => signed(id, padded(event(id), 16_000)),
  "mintfax, 64 kB kept alive": (id) => signed(id, padded(event(id), 64_000)),
  "mintfax, 256 kB kept alive": (id) => signed(id, padded(event(id), 256_000)),
  github(id) {
    const body = event(id);
    const signature = createHmac("sha256", KEY).update(body).digest("hex");
    return {
      headers: {
        "content-type": "application/json",
        "user-agent": "GitHub-Hookshot/044aadd",
        "x-github-delivery": id,
        "x-github-event": "push",
        "x-hub-signature-256": `sha256=${signature}`,
      },
      body,
    };
  },
  polar: (id) => signed(id, polar(id)),
  "bad signature": (id) => signed(id, event(id), { key: OTHER_KEY }),
  "stale timestamp": (id) => signed(id, event(id), { ageSeconds: STALE_SECONDS }),
  "oversized, head only": (id) => {
    const { headers } = signed(id, "");
    return { headers: { ...headers, "content-length": String(OVERSIZED_BYTES) }, body: "" };
  },
  "oversized, sent in full": (id) => signed(id, padded(event(id), OVERSIZED_BYTES)),
  "1,000 bogus tokens": (id) => withSignature(signed(id, event(id)), "v1,AAAA ".repeat(1_000).trimEnd()),
  "16 KB signature": (id) => {
    const token = `v1,${"A".repeat(43)}= `;
    const tokens = token.repeat(Math.floor(WIDE_SIGNATURE_LENGTH / token.length)).trimEnd();
    return withSignature(signed(id, event(id)), tokens);
  },
  "16 bogus tokens": (id) =>
    withSignature(signed(id, event(id)), `v1,${"A".repeat(43)}= `.repeat(16).trimEnd()),
};

/** A delivery before it is HTTP. */
export interface Delivery {
  readonly id: string;
  /** By lower-case name. */
  readonly headers: Head;
  readonly body: string;
}

/** @returns the n-th delivery of a kind; ids are distinct from those of every other call */
export function deliveriesOf(kind: Kind): (n: number) => Delivery {
  const make = KINDS[kind];
  // As long as mintfax's: `evt_` and 22 characters.
  const prefix = `evt_${randomUUID().replaceAll("-", "").slice(0, 14)}`;
  return (n) => {
    const id = prefix + String(n).padStart(8, "0");
    return { id, ...make(id) };
  };
}

/** The same as HTTP/1.1. */
export function requestsOf(kind: Kind): (n: number) => string {
  const deliveryOf = deliveriesOf(kind);
  return (n) => {
    const { headers, body } = deliveryOf(n);
    const fields = Object.entries({ "content-length": String(body.length), ...headers });
    const head = fields.map(([name, value]) => `${name}: ${value}\r\n`).join("");
    return `POST ${PATH} HTTP/1.1\r\nhost: 127.0.0.1\r\n${head}\r\n${body}`;
  };
}

/** Bodies that differ by their id alone: made once and cut at the id. */
function bodies(make: (id: string) => unknown): (id: string) => string {
  const [before = "", after = ""] = JSON.stringify(make("<id>")).split("<id>");
  return (id) => before + id + after;
}

function padded(json: string, bytes: number): string {
  return `${json.slice(0, -1)},"padding":"${"x".repeat(bytes - json.length)}"}`;
}

/** As mintfax sends it. */
function signed(
  id: string,
  body: string,
  { key = KEY, ageSeconds = 0 }: { readonly key?: string; readonly ageSeconds?: number } = {},
): ReturnType<Make> {
  const timestamp = Math.floor(Date.now() / 1000) - ageSeconds;
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return {
    headers: {
      "content-type": "application/json",
      "user-agent": "mintfax-webhooks/1.0",
      "request-id": `req_${id.slice(4)}`,
      "webhook-id": id,
      "webhook-timestamp": String(timestamp),
      "webhook-signature": `v1,${signature}`,
    },
    body,
  };
}

function withSignature({ headers, body }: ReturnType<Make>, signature: string): ReturnType<Make> {
  return { headers: { ...headers, "webhook-signature": signature }, body };
}

function alone({ headers, body }: ReturnType<Make>): ReturnType<Make> {
  return { headers: { ...headers, connection: "close" }, body };
}
