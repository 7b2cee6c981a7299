import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { createReceiver } from "@mintfax-webhooks/core";
import { handleNodeRequest, NodeDelivery } from "@mintfax-webhooks/core/node";
import { eventFixture, signDelivery } from "@mintfax-webhooks/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { SECRET } from "./support/receiving.ts";

type Listener = (req: IncomingMessage & Record<string, unknown>, res: ServerResponse) => unknown;

let server: Server;
let url: string;
let listener: Listener;
beforeAll(async () => {
  server = createServer((req, res) => void listener(req as never, res)).listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const LIMITS = { limitBytes: 10, timeoutMs: 10_000 };

/** What reading the body of one request comes to, after `before` has had it. */
async function reading(before: Listener, body: BodyInit = "0123456789"): Promise<unknown> {
  const read = new Promise((resolve) => {
    listener = async (req, res) => {
      await before(req, res);
      const outcome = await new NodeDelivery(req, undefined)
        .readBody(LIMITS)
        .catch((error: unknown) => error);
      resolve(outcome);
      if (!res.writableEnded) res.end();
    };
  });
  await fetch(url, { method: "POST", body }).catch(() => {});
  return read;
}

describe("a body on node:http", () => {
  test("reads to the limit, and not a byte further", async () => {
    expect(await reading(() => {})).toEqual(Buffer.from("0123456789"));
    expect(await reading(() => {}, "0123456789A")).toMatchObject({
      name: "BodyError",
      code: "body_too_large",
      message: "The body is larger than 10 bytes, the limit of this endpoint (bodyLimitBytes).",
    });
  });

  test.each(["rawBody", "body"])("takes the bytes that somebody else has kept as %s", async (name) => {
    const bytes = Buffer.from("kept bytes");
    expect(await reading((req) => void Object.assign(req, { [name]: bytes }))).toBe(bytes);
    const more = Buffer.from("kept bytes!");
    expect(await reading((req) => void Object.assign(req, { [name]: more }))).toMatchObject({
      code: "body_too_large",
    });
  });

  test("prefers rawBody, since body may be what a parser has made of it", async () => {
    const rawBody = new Uint8Array([1]);
    expect(await reading((req) => void Object.assign(req, { rawBody, body: Buffer.from("x") }))).toBe(
      rawBody,
    );
    expect(await reading((req) => void Object.assign(req, { rawBody, body: { id: "evt_1" } }))).toBe(rawBody);
  });

  const readToTheEnd: Listener = async (req) => {
    for await (const _ of req);
  };
  test.each<[string, Listener]>([
    [
      "parsed",
      async (req, res) => {
        await readToTheEnd(req, res);
        req.body = { id: "evt_1" };
      },
    ],
    ["read to its end", readToTheEnd],
    ["begun to be read", async (req) => void (await once(req, "data"))],
    ["made into text", (req) => void req.setEncoding("utf8")],
  ])("of a body that was %s, it says what to change", async (_, before) => {
    expect(await reading(before)).toMatchObject({
      code: "body_already_parsed",
      message:
        "Something in this server read the body before the webhook receiver, which needs the raw bytes. " +
        "Mount the receiver before express.json(), koa-bodyparser and other body parsers. Where that cannot be, keep the " +
        "bytes as `rawBody` of Node's request: express.json({ verify: (req, res, bytes) => { req.rawBody = bytes; } }).",
    });
  });

  test("of a request that is gone already: incomplete, and why", async () => {
    const why = new Error("gone");
    const gone: Listener = async (req) => {
      req.once("error", () => {});
      req.destroy(why);
    };
    expect(await reading(gone)).toMatchObject({
      code: "body_incomplete",
      message: "The connection ended before the body was complete.",
      cause: why,
    });
  });
});

describe("handleNodeRequest", () => {
  const receiver = createReceiver<IncomingMessage>({ secret: SECRET });
  const handler = vi.fn();
  receiver.on("fax.delivered", handler);
  const handle: Listener = (req, res) => handleNodeRequest(receiver, req, res, req);

  test("answers with a length, and keeps the connection", async () => {
    listener = handle;
    const { headers, body } = signDelivery(eventFixture("fax.delivered"), { secret: SECRET });
    const answer = await fetch(url, { method: "POST", headers, body });
    const text = await answer.text();
    expect(JSON.parse(text)).toMatchObject({ outcome: "processed" });
    expect(answer.headers.get("content-length")).toBe(String(text.length));
    expect(answer.headers.get("connection")).toBe("keep-alive");
  });

  test("leaves a request alone that somebody else has answered", async () => {
    const handled = new Promise<void>((resolve) => {
      listener = async (req, res) => {
        res.writeHead(418).write("tea");
        await handle(req, res);
        res.end("pot");
        resolve();
      };
    });
    const answer = await fetch(url, { method: "POST", body: "{}" });
    expect([answer.status, await answer.text()]).toEqual([418, "teapot"]);
    await handled;
  });

  describe("a sender that has not sent all of what it declared", () => {
    // Sockets go on as ever: Node's own timers are not these.
    beforeEach(() => {
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    });
    afterEach(() => {
      vi.useRealTimers();
    });

    /** Sends a part, and reads the answer. */
    async function send(declaredBytes: number, sentBytes: number) {
      listener = handle;
      const socket = connect({ port: Number(new URL(url).port), host: "127.0.0.1" }).on("error", () => {});
      const ended = once(socket, "end");
      socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${declaredBytes}\r\n\r\n`);
      socket.write("x".repeat(sentBytes));
      const [answer] = await once(socket, "data");
      return { socket, ended, answer: String(answer) };
    }

    test("is answered, told that the connection will close, and given a second", async () => {
      const { socket, ended, answer } = await send(100, 10);
      expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
      expect(answer).toMatch(/\r\nconnection: close\r\n/i);
      expect(answer).toContain('"code":"header_missing"');
      await vi.advanceTimersByTimeAsync(999);
      await new Promise((resolve) => setImmediate(resolve));
      expect(socket.readableEnded).toBe(false);
      await vi.advanceTimersByTimeAsync(1);
      await ended;
      socket.destroy();
    });

    test("and goes on is given a megabyte", async () => {
      const { socket, ended } = await send(1e9, 3 * 1_048_576);
      // No timer had to ring.
      await ended;
      expect(vi.getTimerCount()).toBe(0);
      socket.destroy();
    });

    test("and sends the rest is not waited for any longer", async () => {
      const { socket, ended } = await send(1_000_000, 10);
      socket.write("x".repeat(999_990));
      await ended;
      expect(vi.getTimerCount()).toBe(0);
      socket.destroy();
    });

    test("and goes away is not waited for either", async () => {
      const { socket, ended } = await send(100, 10);
      ended.catch(() => {});
      socket.destroy();
      while (vi.getTimerCount() > 0) await new Promise((resolve) => setImmediate(resolve));
    });
  });
});
