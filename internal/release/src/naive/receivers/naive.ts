import { createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, RequestListener } from "node:http";
import { type Dedup, Processing } from "./processing.ts";
import { type BodyReader, bytes } from "./read-body.ts";

/** What a receiver that a person wrote in an afternoon does with a request. Each default is right. */
export interface Habits {
  /** Default: the bytes that came. */
  readonly read?: BodyReader;
  /** How it looks a header up. Default: in any case. */
  readonly headers?: "in any case" | "as mintfax writes them";
  /** Which tokens of the header it looks at. Default: all of them. */
  readonly tokens?: (header: string) => readonly string[];
  /** How far a timestamp may be off. Default 300; with Infinity, it is not looked at. */
  readonly toleranceSeconds?: number;
  /** What it answers where the signature does not hold. Default 400. */
  readonly refusesWith?: number;
  /** What it answers to types other than those of a fax that has ended. Default 200. */
  readonly unknownTypeStatus?: number;
  /** Default "claimed". */
  readonly dedup?: Dedup;
  /** What it answers to a copy of an event that is at work. Default 409. */
  readonly busyWith?: number;
  /** Whether it answers before it works. Default false. */
  readonly answersFirst?: boolean;
  /** Whether it takes events into a queue, and works later. Default false. */
  readonly queues?: boolean;
  /** By what it takes two deliveries for copies. Default: the id. */
  readonly keyOf?: (signed: Signed) => string;
  /** Whether a refusal says which signature would have been right. Default false. */
  readonly tellsSignature?: boolean;
  /** Whether it handles a request only when the one before is answered. Default false. */
  readonly oneAtATime?: boolean;
}

const KNOWN_TYPES: readonly unknown[] = ["fax.delivered", "fax.failed"];
const HEADERS = ["webhook-id", "webhook-timestamp", "webhook-signature"];

/** The headers of Standard Webhooks. */
export interface Signed {
  readonly id: string;
  readonly timestamp: string;
  readonly signature: string;
}

/** A receiver with its habits, and `GET /runs?id=` with the runs of its handler. */
export function naive(secret: string, habits: Habits): RequestListener {
  const { read = bytes, refusesWith = 400, unknownTypeStatus = 200, answersFirst = false } = habits;
  const processing = new Processing(habits.dedup ?? "claimed", habits.busyWith);
  let before: Promise<unknown> = Promise.resolve();

  const receive: (...request: Parameters<BodyReader>) => Promise<number> = async (req, res) => {
    const { verified, text } = await read(req, res);
    const signed = signedOf(req, habits);
    if (signed === undefined || !isAuthentic(signed, verified, secret, habits)) {
      if (signed && habits.tellsSignature)
        res.setHeader("x-expected", `v1,${macOf(signed, verified, secret)}`);
      return refusesWith;
    }
    const event = parse(text);
    if (event === undefined) return 400;
    if (!KNOWN_TYPES.includes(event.type)) return unknownTypeStatus;
    if (habits.queues) {
      processing.enqueue(signed.id, event);
      return 200;
    }
    const processed = processing.process(signed.id, event, habits.keyOf?.(signed));
    return answersFirst ? 200 : processed;
  };

  return (req, res) => {
    const url = new URL(req.url ?? "", "http://x");
    if (url.pathname === "/runs") {
      res.end(String(processing.runs(url.searchParams.get("id") ?? "")));
      return;
    }
    const received = habits.oneAtATime ? before.then(() => receive(req, res)) : receive(req, res);
    const answered = received
      // As Express answers for a parser that has refused a request.
      .catch((error) => (error as { readonly status?: number }).status ?? 500)
      .then((status) => res.writeHead(status).end());
    before = answered;
  };
}

function parse(text: string): { readonly type?: unknown } | undefined {
  try {
    return Object(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function signedOf(req: IncomingMessage, { headers = "in any case" }: Habits): Signed | undefined {
  const [id = "", timestamp = "", signature = ""] = HEADERS.map((name) => {
    if (headers === "in any case") return String(req.headers[name] ?? "");
    const index = req.rawHeaders.indexOf(name);
    return index < 0 ? "" : req.rawHeaders[index + 1];
  });
  const isThere = id !== "" && timestamp !== "" && signature !== "" && req.method === "POST";
  return isThere ? { id, timestamp, signature } : undefined;
}

function isAuthentic(
  signed: Signed,
  body: string | Buffer,
  secret: string,
  { tokens = (header) => header.split(" "), toleranceSeconds = 300 }: Habits,
): boolean {
  const isNear = Math.abs(Date.now() / 1000 - Number(signed.timestamp)) < toleranceSeconds;
  if (toleranceSeconds !== Number.POSITIVE_INFINITY && !isNear) return false;
  const mac = macOf(signed, body, secret);
  return tokens(signed.signature).some((token) => isEqual(token, `v1,${mac}`));
}

function macOf({ id, timestamp }: Signed, body: string | Buffer, secret: string): string {
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  return createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest("base64");
}

function isEqual(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
