import { type IncomingMessage, request as requestHttp, type ServerResponse } from "node:http";
import { request as requestHttps } from "node:https";
import { buffer } from "node:stream/consumers";
import { ATTEMPT_TIMEOUT_MS } from "@mintfax-webhooks/testing";
import { headerPairs } from "./header-pairs.ts";

/** The target's answer, or why there is none. */
export type Forwarded =
  | { readonly status: number; readonly headers: readonly string[]; readonly body: Buffer }
  | { readonly status: null; readonly error: string };

/** Headers of one connection, not of the message (RFC 9110, section 7.6.1), and the name of this host. */
const NOT_PASSED_ON = [
  "connection",
  "host",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** What of a request is passed on. */
export type Forwardable = Pick<IncomingMessage, "method" | "rawHeaders" | "headers">;

/** Passes a request on unchanged: the same bytes, and the same headers in the same order and spelling. Never rejects. */
export function forward(req: Forwardable, body: Uint8Array, to: URL): Promise<Forwarded> {
  return new Promise((resolve) => {
    const onwards = (to.protocol === "https:" ? requestHttps : requestHttp)(to, {
      method: req.method,
      headers: ["Host", to.host, ...passedOn(req.rawHeaders), ...framing(req, body)],
      timeout: ATTEMPT_TIMEOUT_MS,
    });
    onwards.on("response", (res) => {
      buffer(res).then(
        (bytes) => resolve({ status: res.statusCode ?? 0, headers: passedOn(res.rawHeaders), body: bytes }),
        (error) => resolve({ status: null, error: described(error) }),
      );
    });
    onwards.on("timeout", () =>
      onwards.destroy(new Error(`no answer within ${ATTEMPT_TIMEOUT_MS / 1000} s`)),
    );
    onwards.on("error", (error) => resolve({ status: null, error: described(error) }));
    onwards.end(body);
  });
}

/** Answers with the target's answer. */
export function passBack(res: ServerResponse, forwarded: Forwarded): void {
  if (forwarded.status === null) {
    // Not 502 or 504, at which senders that follow the specification slow down.
    const message = `mintfax-webhooks listen could not reach its target: ${forwarded.error}`;
    res.writeHead(503, { "content-type": "application/json" });
    res.end(JSON.stringify({ outcome: "unavailable", message }));
    return;
  }
  res.writeHead(forwarded.status, [...forwarded.headers]).end(forwarded.body);
}

function passedOn(rawHeaders: readonly string[]): string[] {
  const pairs = headerPairs(rawHeaders);
  const named = pairs
    .filter(([name]) => name.toLowerCase() === "connection")
    .flatMap(([, value]) => value.toLowerCase().split(/\s*,\s*/));
  const left = new Set([...NOT_PASSED_ON, ...named]);
  return pairs.filter(([name]) => !left.has(name.toLowerCase())).flat();
}

/** A body that arrived in chunks is passed on in one piece, with its length. */
function framing(req: Forwardable, body: Uint8Array): string[] {
  return req.headers["transfer-encoding"] === undefined ? [] : ["Content-Length", String(body.byteLength)];
}

function described(error: NodeJS.ErrnoException): string {
  return error.message || (error.code ?? error.name);
}
