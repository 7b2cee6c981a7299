import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { NodeDelivery } from "@mintfax-webhooks/core/node";
import fc from "fast-check";
import { runs } from "test-support/property-runs";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { Tally } from "./tally.ts";

const TIMEOUT_MS = 10_000;

/** One request over a socket of its own. */
interface Sending {
  readonly body: Uint8Array;
  /** Where the writes are cut. */
  readonly places: readonly number[];
  /** Undefined for one declared length. */
  readonly chunkBytes: number | undefined;
  readonly limitBytes: number;
  /** What the sender does after this share of the bytes. */
  readonly ending: "nothing more" | "half-close" | "reset";
  readonly share: number;
}

const sending: fc.Arbitrary<Sending> = fc.record({
  body: fc.uint8Array({ maxLength: 2_000, size: "max" }),
  places: fc.array(fc.nat({ max: 2_500 }), { maxLength: 6 }),
  chunkBytes: fc.option(fc.integer({ min: 1, max: 700 }), { nil: undefined }),
  limitBytes: fc.integer({ min: 0, max: 2_500 }),
  ending: fc.constantFrom("nothing more", "half-close", "reset"),
  share: fc.oneof(
    { weight: 2, arbitrary: fc.constant(1) },
    { weight: 1, arbitrary: fc.double({ min: 0, max: 0.99, noNaN: true }) },
  ),
});

let server: Server;
let port: number;
beforeAll(async () => {
  server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
// Sockets are not affected: Node's own timers are not faked.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** The body as it goes on the wire. */
function wireOf({ body, chunkBytes }: Sending): Buffer {
  if (chunkBytes === undefined) return Buffer.from(body);
  const parts: Uint8Array[] = [];
  for (let at = 0; at < body.length; at += chunkBytes) {
    const chunk = body.subarray(at, at + chunkBytes);
    parts.push(Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from("\r\n"));
  }
  return Buffer.concat([...parts, Buffer.from("0\r\n\r\n")]);
}

/** How many bytes of the body are in so much of the wire. */
function bodyBytesIn(wireBytes: number, { body, chunkBytes }: Sending): number {
  if (chunkBytes === undefined) return wireBytes;
  let wireAt = 0;
  let bodyAt = 0;
  while (bodyAt < body.length) {
    const size = Math.min(chunkBytes, body.length - bodyAt);
    wireAt += size.toString(16).length + 2;
    if (wireAt >= wireBytes) return bodyAt;
    if (wireAt + size >= wireBytes) return bodyAt + wireBytes - wireAt;
    wireAt += size + 2;
    bodyAt += size;
  }
  return bodyAt;
}

/** Resolves once Node has handed so many bytes of the body to the request: no guessing how long a socket takes. */
function arrival(req: IncomingMessage, bytes: number): Promise<void> {
  return new Promise((resolve) => {
    let arrived = 0;
    const push = req.push.bind(req);
    const check = (): void => {
      if (arrived >= bytes) resolve();
    };
    req.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
      if (chunk instanceof Uint8Array) arrived += chunk.length;
      const more = push(chunk, encoding);
      check();
      return more;
    };
    check();
  });
}

test("writes of any size over a socket give the same bytes, or the reason against", async () => {
  const seen = new Tally();
  await fc.assert(
    fc.asyncProperty(sending, async (given) => {
      const wire = wireOf(given);
      const sent = wire.subarray(0, Math.floor(wire.length * given.share));
      const arriving = bodyBytesIn(sent.length, given);
      const complete = sent.length === wire.length;
      const expected =
        arriving > given.limitBytes
          ? ["body_too_large"]
          : complete
            ? [Buffer.from(given.body).toString("hex")]
            : given.ending === "nothing more"
              ? ["body_timeout"]
              : ["body_incomplete"];
      // A reset may overtake what was sent before it.
      if (given.ending === "reset") expected.push("body_incomplete");

      const arrived = once(server, "request");
      const socket = connect({ port, host: "127.0.0.1", noDelay: true }).on("error", () => {});
      const framing =
        given.chunkBytes === undefined ? `Content-Length: ${wire.length}` : "Transfer-Encoding: chunked";
      socket.write(`POST / HTTP/1.1\r\nHost: x\r\n${framing}\r\n\r\n`);
      const [req] = (await arrived) as [IncomingMessage];
      const allThere = arrival(req, Math.min(arriving, given.limitBytes + 1));
      const reading = new NodeDelivery(req, undefined)
        .readBody({ limitBytes: given.limitBytes, timeoutMs: TIMEOUT_MS })
        .then(
          (bytes) => Buffer.from(bytes).toString("hex"),
          (error) => String(error.code),
        );
      const cuts = [...given.places.map((at) => Math.min(at, sent.length)), sent.length].sort(
        (a, b) => a - b,
      );
      for (const [at, to] of cuts.entries()) {
        const piece = sent.subarray(cuts[at - 1] ?? 0, to);
        if (!socket.destroyed) await new Promise((written) => socket.write(piece, written));
      }
      if (given.ending === "half-close") socket.end();
      if (given.ending === "reset") socket.resetAndDestroy();
      if (!complete && given.ending === "nothing more") {
        await allThere;
        await vi.advanceTimersByTimeAsync(TIMEOUT_MS);
      }
      const outcome = await reading;
      socket.destroy();
      seen.add(outcome.startsWith("body_") ? outcome : "read");
      expect(expected).toContain(outcome);
    }),
    runs(500),
  );
  expect(seen.seen).toEqual(["body_incomplete", "body_timeout", "body_too_large", "read"]);
  expect(vi.getTimerCount()).toBe(0);
});
