import type { RawRequest, Step } from "./raw-http.ts";
import { CANARY, LANES, type Lane, NOW_SECONDS, SECRET } from "./setting.ts";
import { macOf } from "./signing.ts";

/** Says how a body travels: the headers that frame it, and its bytes on the wire. */
export type Framing = (body: Buffer) => { readonly headers: readonly string[]; readonly bytes: Uint8Array };

/** A delivery and what is wrong with it. All that is left out is as mintfax sends it. */
export interface Draft {
  readonly method?: string;
  /** As the request line says; the connection is one of HTTP/1.1 all the same. */
  readonly version?: string;
  readonly lane?: Lane;
  readonly id?: string;
  readonly timestamp?: string;
  readonly body?: string | Uint8Array;
  /** The whole `webhook-signature`, made from what the right one would hold after `v1,`. */
  readonly signature?: (mac: string) => string;
  /** Further headers; an array is sent as several lines, null leaves one of the usual headers out. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly framing?: Framing;
}

/** The parts of a request, for rows that send them one by one. */
export interface Parts {
  readonly head: Uint8Array;
  readonly bytes: Uint8Array;
  readonly neverEcho: readonly string[];
}

let count = 0;

/** A new id each time: a repeated one would be answered as a duplicate. */
export function freshId(): string {
  count += 1;
  return `evt_hostile${count}`;
}

/** The JSON of an event, as text; what `over` sets to undefined is left out. */
export function envelope(over: Readonly<Record<string, unknown>> = {}): string {
  const fax = { id: "fax_1", status: "delivered", tags: { note: CANARY } };
  return JSON.stringify({
    id: "evt_body",
    type: "fax.delivered",
    created: NOW_SECONDS,
    data: { object: fax },
    ...over,
  });
}

/** An envelope padded to an exact number of bytes. */
export function envelopeOf(length: number): string {
  const bare = envelope({ padding: "" });
  return envelope({ padding: "x".repeat(length - bare.length) });
}

export const withLength: Framing = (body) => ({ headers: [`Content-Length: ${body.length}`], bytes: body });

/** More or fewer bytes than are declared. */
export function declaring(length: string, sent?: Uint8Array): Framing {
  return (body) => ({ headers: [`Content-Length: ${length}`], bytes: sent ?? body });
}

/** @param extension what follows each size; `trailers` are sent after the last chunk */
export function chunked(size = 64, extension = "", trailers = ""): Framing {
  return (body) => {
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < body.length; at += size) {
      const chunk = body.subarray(at, at + size);
      chunks.push(Buffer.from(`${chunk.length.toString(16)}${extension}\r\n`), chunk, Buffer.from("\r\n"));
    }
    chunks.push(Buffer.from(`0\r\n${trailers}\r\n`));
    return { headers: ["Transfer-Encoding: chunked"], bytes: Buffer.concat(chunks) };
  };
}

/** Sends other bytes than those that are signed. */
export function carrying(bytes: Uint8Array): Framing {
  return () => withLength(Buffer.from(bytes));
}

export const unframed: Framing = () => ({ headers: [], bytes: new Uint8Array(0) });

export function partsOf(draft: Draft): Parts {
  const {
    method = "POST",
    version = "HTTP/1.1",
    lane = "usual",
    id = freshId(),
    timestamp = String(NOW_SECONDS),
  } = draft;
  const { signature = (mac) => `v1,${mac}`, framing = withLength } = draft;
  const body = Buffer.from((draft.body ?? envelope()) as Uint8Array);
  const { headers: frame, bytes } = framing(body);
  const headers: Record<string, string | readonly string[] | null> = {
    host: "clinic.example",
    "content-type": "application/json",
    "user-agent": "mintfax-webhooks/1.0",
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": signature(macOf(id, timestamp, body)),
    ...draft.headers,
  };
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    value === null ? [] : [value].flat().map((line) => `${name}: ${line}`),
  );
  const head = [`${method} ${LANES[lane].path} ${version}`, ...lines, ...frame, "", ""].join("\r\n");
  // One byte per character, so that a header can hold any byte.
  return { head: Buffer.from(head, "latin1"), bytes, neverEcho: neverEcho(id, timestamp, body, bytes) };
}

/** Signatures that would pass, for the body as it was signed and as it arrives, and what the body held. */
function neverEcho(id: string, timestamp: string, body: Buffer, bytes: Uint8Array): string[] {
  const text = body.toString("latin1", 0, 200);
  const macs = [macOf(id, timestamp, body), macOf(id, timestamp, bytes)];
  // Short bodies such as `null` may be in an answer by chance.
  return [SECRET.slice("whsec_".length), CANARY, ...macs, ...(text.length > 20 ? [text] : [])];
}

/** The draft as a request, sent in one go. */
export function requestOf(draft: Draft): RawRequest {
  return { ...inSteps(draft, ({ head, bytes }) => [head, bytes]), bodiless: draft.method === "HEAD" };
}

/** A request whose parts are sent in a way of its own. */
export function inSteps(draft: Draft, steps: (parts: Parts) => readonly Step[]): RawRequest {
  const parts = partsOf(draft);
  return { steps: steps(parts), neverEcho: parts.neverEcho };
}
