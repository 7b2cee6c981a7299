import { once } from "node:events";
import { createServer, IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect, Socket } from "node:net";
import { runInNewContext } from "node:vm";
import { createReceiver } from "@mintfax-webhooks/core/adapter";
import { handleNodeRequest, NodeDelivery } from "@mintfax-webhooks/core/node";
import { eventFixture, signDelivery } from "@mintfax-webhooks/testing";
import { keptOf } from "test-support/collect-garbage";
import { SECRET } from "test-support/receiving";
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
  vi,
} from "vitest";

const turn = (): Promise<unknown> => new Promise((resolve) => setImmediate(resolve));

type Listener = (req: IncomingMessage & Record<string, unknown>, res: ServerResponse) => unknown;

let server: Server;
let url: string;
let listener: Listener;
beforeAll(async () => {
  server = createServer((req, res) => void listener(req as never, res)).listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterEach(async () => {
  vi.useRealTimers();
  await turn();
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** A sender that may send anything. */
function open(): Socket {
  return connect({ port: Number(new URL(url).port), host: "127.0.0.1" }).on("error", () => {});
}

const LIMITS = { limitBytes: 10, timeoutMs: 10_000 };

/** The result of reading the body of one request after `before` has run on it. */
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
  // A connection that fetch keeps would get timers of its own in tests that count timers.
  const answer = await fetch(url, { method: "POST", body, headers: { connection: "close" } }).catch(() => {});
  await answer?.arrayBuffer();
  return read;
}

/** Sends the head of a request up to `start`, and what `start` has behind it. @returns both ends; the socket ends with the test */
async function asked(start: string) {
  const received = new Promise<IncomingMessage>((resolve) => {
    listener = resolve;
  });
  const socket = open();
  onTestFinished(() => void socket.destroy());
  socket.write(`POST / HTTP/1.1\r\nHost: x\r\n${start}`);
  return { socket, req: await received };
}

describe("a body on node:http", () => {
  test("is read up to the limit, and not a byte further", async () => {
    expect(await reading(() => {})).toEqual(Buffer.from("0123456789"));
    expect(await reading(() => {}, "0123456789A")).toMatchObject({
      name: "BodyError",
      code: "body_too_large",
      message: "The body is larger than 10 bytes, the limit of this endpoint (bodyLimitBytes).",
    });
  });

  test.each(["rawBody", "body"])("is taken from the bytes that other code has kept as %s", async (name) => {
    const bytes = Buffer.from("kept bytes");
    expect(await reading((req) => void Object.assign(req, { [name]: bytes }))).toBe(bytes);
    const more = Buffer.from("kept bytes!");
    expect(await reading((req) => void Object.assign(req, { [name]: more }))).toMatchObject({
      code: "body_too_large",
    });
  });

  test("is taken from bytes in any form, of this realm or another", async () => {
    const bytes = Buffer.from("kept bytes");
    const whole = Uint8Array.from(bytes).buffer;
    const shared = new SharedArrayBuffer(bytes.length);
    new Uint8Array(shared).set(bytes);
    const foreign = runInNewContext("new Uint8Array(bytes).buffer", { bytes: [...bytes] });
    for (const rawBody of [whole, shared, foreign, new DataView(whole), new Uint16Array(whole)]) {
      expect(await reading((req) => void Object.assign(req, { rawBody }), "0123456789")).toEqual(
        Uint8Array.from(bytes),
      );
    }
    const part = new DataView(whole, 5, 4);
    expect(await reading((req) => void Object.assign(req, { rawBody: part }))).toEqual(
      Uint8Array.from(Buffer.from("byte")),
    );
    for (const rawBody of ["kept bytes", [...bytes], { length: 10 }, 10, null]) {
      expect(await reading((req) => void Object.assign(req, { rawBody }))).toEqual(Buffer.from("0123456789"));
    }
  });

  test("is taken from rawBody before body, which a parser may have changed", async () => {
    const rawBody = new Uint8Array([1]);
    expect(await reading((req) => void Object.assign(req, { rawBody, body: Buffer.from("x") }))).toBe(
      rawBody,
    );
    expect(await reading((req) => void Object.assign(req, { rawBody, body: { id: "evt_1" } }))).toBe(rawBody);
  });

  test("is read itself if the bytes kept as rawBody were transferred elsewhere", async () => {
    const transferred = Buffer.from(new ArrayBuffer(10));
    structuredClone(transferred, { transfer: [transferred.buffer] });
    expect(await reading((req) => void Object.assign(req, { rawBody: transferred }))).toEqual(
      Buffer.from("0123456789"),
    );
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
  ])("that was %s before is refused with the fix", async (_, before) => {
    expect(await reading(before)).toMatchObject({
      code: "body_already_parsed",
      message:
        "Other code in this server read the body before the webhook receiver, which needs the raw bytes. " +
        "Mount the receiver before express.json(), koa-bodyparser and other body parsers; on a route of Fastify, by " +
        "{ onRequest: webhooks.handler }. If that is impossible, keep the " +
        "bytes as `rawBody` of Node's request: express.json({ verify: (req, res, bytes) => { req.rawBody = bytes; } }). " +
        "On Vercel, set NODEJS_HELPERS=0.",
    });
  });

  test("of a destroyed request is incomplete, and the cause is kept", async () => {
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

test("an empty body is empty, also after other code has read it", async () => {
  const readToTheEnd: Listener = async (req) => {
    for await (const _ of req);
  };
  expect(await reading(readToTheEnd, "")).toEqual(new Uint8Array(0));
});

describe("a body without a declared length", () => {
  const read = (req: IncomingMessage) =>
    new NodeDelivery(req, undefined).readBody(LIMITS).catch((error: unknown) => error);

  test("that is none is empty, also after its end", async () => {
    const { req } = await asked("\r\n");
    await once(req.resume(), "end");
    expect(await read(req)).toEqual(new Uint8Array(0));
  });

  test("is read to its end", async () => {
    const { req } = await asked("Transfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n0\r\n\r\n");
    expect(await read(req)).toEqual(Buffer.from("01234"));
  });

  test("of which other code has read a part is refused as read before", async () => {
    const { socket, req } = await asked("Transfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n");
    await once(req, "data");
    const outcome = read(req);
    socket.write("5\r\n56789\r\n0\r\n\r\n");
    expect(await outcome).toMatchObject({ code: "body_already_parsed" });
  });

  test("that other code turns into text on its way is refused as read before", async () => {
    const { socket, req } = await asked("Transfer-Encoding: chunked\r\n\r\n");
    const outcome = read(req);
    while (req.listenerCount("data") === 0) await turn();
    req.setEncoding("utf8");
    socket.write("5\r\n56789\r\n0\r\n\r\n");
    expect(await outcome).toMatchObject({ code: "body_already_parsed" });
  });
});

test("a body of which other code has read a part, and put it back, is read whole", async () => {
  const peek: Listener = async (req) => {
    const [chunk] = await once(req, "data");
    req.pause();
    req.unshift(chunk);
  };
  expect(await reading(peek)).toEqual(Buffer.from("0123456789"));
});

describe("a body in parts", () => {
  /** Sends the headers, and begins to read the body. Returns both ends. */
  async function begun(declaredBytes: number, withHeaders = "") {
    const { socket, req } = await asked(`Content-Length: ${declaredBytes}\r\n\r\n${withHeaders}`);
    const read = new NodeDelivery(req, undefined).readBody(LIMITS).catch((error: unknown) => error);
    return { socket, req, read };
  }

  const listeners = (req: IncomingMessage) =>
    ["data", "end", "close"].map((event) => [event, req.listenerCount(event)]);
  const NO_LISTENERS = [
    ["data", 0],
    ["end", 0],
    ["close", 0],
  ];

  test("that came whole with its headers is taken without listeners", async () => {
    const { req } = await asked("Content-Length: 10\r\n\r\n0123456789");
    const listenedTo = vi.fn();
    req.on("newListener", listenedTo);
    expect(await new NodeDelivery(req, undefined).readBody(LIMITS)).toEqual(Buffer.from("0123456789"));
    expect(listenedTo).not.toHaveBeenCalled();
  });

  test("is waited for if a part came with its headers", async () => {
    const { socket, req, read } = await begun(10, "01234");
    while (req.listenerCount("data") === 0) await turn();
    socket.write("56789");
    expect(await read).toEqual(Buffer.from("0123456789"));
    socket.destroy();
  });

  test("is not listened to after its end, and its timer is cleared", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const { socket, req, read } = await begun(10);
    socket.write("01234");
    await once(req, "data");
    socket.write("56789");
    expect(await read).toEqual(Buffer.from("0123456789"));
    expect(listeners(req)).toEqual(NO_LISTENERS);
    expect(vi.getTimerCount()).toBe(0);
    socket.destroy();
  });

  test("that other code listens to is read whole, though the receiver begins later", async () => {
    const { socket, req } = await asked("Content-Length: 10\r\n\r\n01234");
    const seen: Buffer[] = [];
    req.on("data", (chunk: Buffer) => seen.push(chunk));
    const delivery = new NodeDelivery(req, undefined);
    socket.write("56789");
    for (let turns = 0; turns < 5; turns += 1) await turn();
    expect(seen).toEqual([]);
    expect(await delivery.readBody(LIMITS)).toEqual(Buffer.from("0123456789"));
    expect(Buffer.concat(seen)).toEqual(Buffer.from("0123456789"));
    socket.destroy();
  });

  test("of a refused delivery goes on for other code that listens to it", async () => {
    const { socket, req } = await asked("Content-Length: 5\r\n\r\n");
    req.on("data", () => {});
    new NodeDelivery(req, undefined).letGo();
    socket.write("01234");
    await once(req, "end");
    socket.destroy();
  });

  test("is not listened to after the first byte past the limit", async () => {
    const { socket, req, read } = await begun(100);
    socket.write("0123456789A");
    expect(await read).toMatchObject({ code: "body_too_large" });
    expect(listeners(req)).toEqual(NO_LISTENERS);
    expect(req.isPaused()).toBe(true);
    socket.destroy();
  });

  test("is not listened to after its time limit", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const { socket, req, read } = await begun(100);
    socket.write("01234");
    await once(req, "data");
    await vi.advanceTimersByTimeAsync(LIMITS.timeoutMs);
    expect(await read).toMatchObject({ code: "body_timeout" });
    expect(listeners(req)).toEqual(NO_LISTENERS);
    expect(req.isPaused()).toBe(true);
    socket.destroy();
  });

  test("that other code turns into text on its way is refused as read before", async () => {
    const { socket, req, read } = await begun(10);
    socket.write("01234");
    await once(req, "data");
    req.setEncoding("utf8");
    socket.write("56789");
    expect(await read).toMatchObject({ code: "body_already_parsed" });
    socket.destroy();
  });

  test("whose request fails after its refusal does not end the process", async () => {
    const { socket, req, read } = await begun(100);
    socket.write("0123456789A");
    expect(await read).toMatchObject({ code: "body_too_large" });
    const closed = new Promise((resolve) => req.on("close", resolve));
    req.destroy(new Error("by other code"));
    await closed;
    socket.destroy();
  });

  test("that has ended is complete, though the request closes at once", async () => {
    const { socket, req, read } = await begun(10);
    req.prependOnceListener("end", () => void req.emit("close"));
    socket.write("01234");
    await once(req, "data");
    socket.write("56789");
    expect(await read).toEqual(Buffer.from("0123456789"));
    socket.destroy();
  });

  test("that the sender cuts off is incomplete, and the cause is kept", async () => {
    const { socket, req, read } = await begun(100);
    socket.write("01234");
    await once(req, "data");
    socket.destroy();
    expect(await read).toMatchObject({ code: "body_incomplete", cause: { code: "ECONNRESET" } });
  });

  test("that other code in this server cuts off is incomplete", async () => {
    const { socket, req, read } = await begun(100);
    socket.write("01234");
    await once(req, "data");
    req.removeAllListeners("error").destroy();
    expect(await read).toMatchObject({ code: "body_incomplete" });
    socket.destroy();
  });
});

describe("a request that a platform makes in place of Node's, and never marks as complete,", () => {
  function made(headers: Record<string, string>, body?: string): IncomingMessage {
    const req = Object.assign(new IncomingMessage(new Socket()), { headers });
    if (body !== undefined) req.push(body);
    req.push(null);
    return req;
  }

  test.each([
    ["with a declared length", { "content-length": "5" }],
    ["without", {}],
  ])("has arrived once its body is read, %s", async (_, headers) => {
    const delivery = new NodeDelivery(made(headers, "01234"), undefined);
    expect(await delivery.readBody(LIMITS)).toEqual(Buffer.from("01234"));
    expect(delivery.hasArrived).toBe(true);
  });

  test("is refused as read before where it has ended without the body that it declares", async () => {
    const req = made({ "content-length": "5" });
    await once(req.resume(), "end");
    await expect(new NodeDelivery(req, undefined).readBody(LIMITS)).rejects.toMatchObject({
      code: "body_already_parsed",
    });
  });

  test("has an empty method where the platform sets none", () => {
    expect(new NodeDelivery(made({}), undefined).method).toBe("");
  });
});

describe("handleNodeRequest", () => {
  const receiver = createReceiver<IncomingMessage>({ secret: SECRET });
  const handler = vi.fn();
  receiver.on("fax.delivered", handler);
  const handle: Listener = (req, res) => handleNodeRequest(receiver, req, res, req);

  test("answers with a Content-Length and keeps the connection open", async () => {
    listener = handle;
    const { headers, body } = signDelivery(eventFixture("fax.delivered"), { secret: SECRET });
    const answer = await fetch(url, { method: "POST", headers, body });
    const text = await answer.text();
    expect(JSON.parse(text)).toMatchObject({ outcome: "processed" });
    expect(answer.headers.get("content-length")).toBe(String(text.length));
    expect(answer.headers.get("connection")).toBe("keep-alive");
  });

  const signed = signDelivery(eventFixture("fax.delivered"), { secret: SECRET });
  const lines = Object.entries({
    host: "x",
    ...signed.headers,
    "content-length": String(signed.body.length),
  });
  const head = `POST / HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;
  const whole = Buffer.concat([Buffer.from(head), Buffer.from(signed.body)]);

  test.each(["end", "close"])(
    "lets a request end, so that code that waits for '%s' goes on",
    async (name) => {
      const ended = new Promise<void>((resolve) => {
        listener = (req, res) => {
          req.once(name, resolve);
          return handle(req, res);
        };
      });
      const socket = open();
      socket.write(whole);
      expect(String((await once(socket, "data"))[0])).toMatch(/^HTTP\/1\.1 200 /);
      await ended;
      expect(socket.readableEnded).toBe(false);
      socket.destroy();
    },
  );

  test("an idle connection keeps no earlier request in memory", async () => {
    const kept: WeakRef<object>[] = [];
    listener = async (req, res) => {
      const session = { of: "the application" };
      Object.assign(req, { session });
      kept.push(new WeakRef(req), new WeakRef(res), new WeakRef(session));
      await handle(req, res);
    };
    const sockets = Array.from({ length: 10 }, () => open());
    for (const socket of sockets) {
      socket.write(whole);
      expect(String((await once(socket, "data"))[0])).toMatch(/^HTTP\/1\.1 200 /);
    }
    expect(kept).toHaveLength(30);
    // V8 may keep the first that a function has seen.
    expect(await keptOf(kept.slice(3))).toBe(0);
    for (const socket of sockets) {
      expect(socket.readableEnded).toBe(false);
      socket.destroy();
    }
  });

  test.each([
    ["all of a body", "0123456789", "keep-alive"],
    ["a part of a body", "01234", "close"],
  ])(
    "refuses before reading %s that came with the headers (%s), with Connection: %s",
    async (_, part, connection) => {
      listener = handle;
      const socket = open();
      socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n${part}`);
      const [answer] = await once(socket, "data");
      expect(String(answer)).toContain('"code":"header_missing"');
      expect(String(answer).toLowerCase()).toContain(`\r\nconnection: ${connection}\r\n`);
      socket.destroy();
    },
  );

  test("answers 500 if middleware breaks the answer and the framework sets no status", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    onTestFinished(() => void vi.restoreAllMocks());
    listener = (req, res) => {
      res.end = () => {
        throw new Error("thrown by middleware");
      };
      return handleNodeRequest(receiver, req, res, req, () => res.end("broken"));
    };
    const { headers, body } = signDelivery(eventFixture("fax.delivered"), { secret: SECRET });
    const answer = await fetch(url, { method: "POST", headers, body });
    expect([answer.status, await answer.text()]).toEqual([500, "broken"]);
  });

  test("gives the framework the error of a receiver that code of another package has replaced", async () => {
    const broken = Object.create(receiver, {
      receive: { value: () => Promise.reject(new Error("thrown by a wrapper")) },
    });
    const onError = vi.fn();
    listener = (req, res) =>
      handleNodeRequest(broken, req, res, req, (error) => {
        onError(error);
        res.writeHead(500).end();
      });
    expect((await fetch(url, { method: "POST", body: "{}" })).status).toBe(500);
    expect(onError).toHaveBeenCalledWith(new Error("thrown by a wrapper"));
  });

  test("a platform's request that ends and does not close: the answer ends with the body", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const body = Object.assign(new IncomingMessage(new Socket()), {
      method: "POST",
      headers: { "content-length": "2" },
      _destroy() {},
    });
    const finished = new Promise<void>((resolve) => {
      listener = async (_, res) => {
        res.once("finish", resolve);
        await handleNodeRequest(receiver, body, res, body);
        body.push("{}");
        body.push(null);
      };
    });
    expect((await fetch(url, { method: "POST", body: "{}" })).status).toBe(400);
    await finished;
  });

  test("leaves a request alone that other code has answered", async () => {
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

  describe("a sender that has not sent its whole declared body", () => {
    // Sockets are not affected: Node's own timers are not faked.
    beforeEach(() => {
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    });

    let answering: ServerResponse;

    /** Sends a part, and reads the answer. */
    async function send(declaredBytes: number, sentBytes: number) {
      listener = (req, res) => {
        answering = res;
        return handle(req, res);
      };
      const socket = open();
      const ended = once(socket, "end");
      socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${declaredBytes}\r\n\r\n`);
      socket.write("x".repeat(sentBytes));
      const [answer] = await once(socket, "data");
      return { socket, ended, answer: String(answer) };
    }

    test("is answered with Connection: close, and the connection closes after 1 s", async () => {
      const { socket, ended, answer } = await send(100, 10);
      expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
      expect(answer).toMatch(/\r\nconnection: close\r\n/i);
      expect(answer).toContain('"code":"header_missing"');
      await vi.advanceTimersByTimeAsync(999);
      await turn();
      expect(socket.readableEnded).toBe(false);
      await vi.advanceTimersByTimeAsync(1);
      await ended;
      socket.destroy();
    });

    test("and goes on sending is waited for up to 1 MiB, and cut off one byte later", async () => {
      const { socket, ended } = await send(1e9, 1_048_576);
      while (answering.req.socket.bytesRead < 1_048_576) await turn();
      for (let turns = 0; turns < 5; turns += 1) await turn();
      expect(answering.writableEnded).toBe(false);
      socket.write("x");
      // The timer was not needed.
      await ended;
      expect(vi.getTimerCount()).toBe(0);
      socket.destroy();
    });

    test("and then sends the rest is not waited for any longer", async () => {
      const { socket, ended } = await send(1_000_000, 10);
      socket.write("x".repeat(999_990));
      await ended;
      expect(vi.getTimerCount()).toBe(0);
      socket.destroy();
    });

    test("and hangs up is not waited for", async () => {
      const { socket, ended } = await send(100, 10);
      ended.catch(() => {});
      socket.destroy();
      while (vi.getTimerCount() > 0) await turn();
    });
  });
});
