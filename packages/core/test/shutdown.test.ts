import { EventEmitter, once } from "node:events";
import { Agent, createServer, type IncomingMessage, request, type Server } from "node:http";
import {
  connect as connectHttp2,
  createServer as createHttp2Server,
  createSecureServer,
  type Http2Server,
} from "node:http2";
import { createServer as createHttpsServer, get as getByHttps } from "node:https";
import { connect } from "node:net";
import { ShutdownIncompleteError } from "@mintfax-webhooks/core";
import { createReceiver } from "@mintfax-webhooks/core/adapter";
import { createShutdown, handleNodeRequest } from "@mintfax-webhooks/core/node";
import { listening, SECRET, testShutdown } from "conformance/shutdown-contract";
import { keptOf } from "test-support/collect-garbage";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";

/** TLS between ends that need no certificate. */
const ANONYMOUS = { ciphers: "AECDH-AES128-SHA:@SECLEVEL=0", maxVersion: "TLSv1.2" } as const;

const turn = (): Promise<unknown> => new Promise((resolve) => setImmediate(resolve));

testShutdown("node:http", {
  createShutdown,
  serve(work) {
    const webhooks = createReceiver({ secret: SECRET, onOutcome: () => {} }).on("*", work);
    return { server: createServer((req, res) => void handleNodeRequest(webhooks, req, res, req)), webhooks };
  },
});

describe("createShutdown", () => {
  let server: Server;
  let shutDown: () => Promise<void>;
  let origin: string;
  let ended: number;
  /** Opens the way for the answers of `/slow`. */
  const gate = new EventEmitter();

  beforeEach(async () => {
    ended = 0;
    server = createServer((req, res) => {
      if (req.url === "/slow") gate.once("open", () => res.end("slow"));
      else req.resume().on("end", () => res.end(req.url));
    });
    shutDown = createShutdown(server, { drain: async () => {} }, { afterwards: () => (ended += 1) });
    origin = new URL(await listening(server)).origin;
  });
  afterEach(() => {
    vi.useRealTimers();
    gate.emit("open");
    server.closeAllConnections();
    server.close();
  });

  test("a second signal waits for the first shutdown; `afterwards` is called once", async () => {
    const first = shutDown();
    expect(shutDown()).toBe(first);
    await first;
    await shutDown();
    expect(ended).toBe(1);
    expect(server.listening).toBe(false);
  });

  test("an answer under way on another route closes its connection too", async () => {
    const agent = new Agent({ keepAlive: true });
    const slow = get(agent, "/slow");
    await once(server, "request");
    const done = shutDown();
    await turn();
    gate.emit("open");
    expect(await slow).toEqual({ text: "slow", connection: "close" });
    await done;
    agent.destroy();
  });

  test("a request that is on its way over an idle connection is answered", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const connection = await talk("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await connection.received("\r\n/");
    const done = shutDown();
    await turn();
    // It may take until the second look at the connections.
    vi.advanceTimersByTime(499);
    connection.socket.write("GET /late HTTP/1.1\r\nHost: a\r\n\r\n");
    await connection.received("/late");
    expect(connection.text().toLowerCase().split("connection: close")).toHaveLength(2);
    await done;
  });

  test("requests that were sent at once are all answered, the last one with the close", async () => {
    const connection = await talk(
      "GET /slow HTTP/1.1\r\nHost: a\r\n\r\nGET /slow HTTP/1.1\r\nHost: a\r\n\r\n",
    );
    await once(server, "request");
    const done = shutDown();
    await turn();
    gate.emit("open");
    await done;
    await connection.closed;
    expect(connection.text()).toMatch(/slowHTTP[\s\S]*connection: close[\s\S]*slow$/i);
  });

  test("half a body is waited for; half a head and a silent connection are not", async () => {
    const silent = await talk("");
    const head = await talk("GET / HTTP/1.1\r\nHo");
    const body = await talk("POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab");
    await once(server, "request");
    const done = shutDown();
    // It is closed at the second look, so the body's other half comes after that.
    await silent.closed;
    body.socket.write("cd");
    await body.received("/body");
    await done;
    await head.closed;
    expect(ended).toBe(1);
  });

  test("a silent connection is closed after 500 ms, one of the application's own protocol after 750", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    server.on("upgrade", (_, socket) => socket.write("HTTP/1.1 101 Switching Protocols\r\n\r\nhello"));
    const silent = await talk("");
    const other = await talk("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n");
    await other.received("hello");
    const done = shutDown();
    await turn();
    vi.advanceTimersByTime(500);
    await silent.closed;
    expect(other.socket.closed).toBe(false);
    vi.advanceTimersByTime(250);
    await Promise.all([other.closed, done]);
  });

  test("neither an idle connection nor a protocol of the application's own keeps it from ending", async () => {
    server.on("upgrade", (_, socket) => socket.write("HTTP/1.1 101 Switching Protocols\r\n\r\nhello"));
    const other = await talk("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n");
    await other.received("hello");
    const idle = await talk("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await idle.received("\r\n/");
    await shutDown();
    await Promise.all([other.closed, idle.closed]);
  });

  test("at its limit it closes everything, leaves `afterwards` alone, and says what it was waiting for", async () => {
    const own = createShutdown(
      server,
      { drain: () => new Promise(() => {}) },
      { limitMs: 50, afterwards: () => (ended += 1) },
    );
    const error = await own().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ShutdownIncompleteError);
    expect(error).toMatchObject({
      code: "shutdown_incomplete",
      message: expect.stringMatching(
        /was waiting for .*drain\(\).* mintfax sends again every delivery that got no 2xx\. If handlers need more time, raise `limitMs`\.$/,
      ),
    });

    const hanging = await talk("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").catch(() => undefined);
    expect(hanging).toBeUndefined();
    expect(ended).toBe(0);
  });

  test("a request that is never answered is cut off at the limit", async () => {
    const own = createShutdown(server, [], { limitMs: 50 });
    const hanging = await talk("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
    await once(server, "request");
    await expect(own()).rejects.toThrow("the last answers");
    await hanging.closed;
  });

  test("at its limit it says that it waits for `afterwards`", async () => {
    const own = createShutdown(server, [], { limitMs: 1_000, afterwards: () => new Promise(() => {}) });
    await expect(own()).rejects.toThrow("waiting for `afterwards`");
  });

  test("it leaves no timer behind", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
    await shutDown();
    expect(vi.getTimerCount()).toBe(0);
  });

  test.each(["checkContinue", "checkExpectation"])(
    "a request that an application gets by %s is waited for, and closes its connection",
    async (name) => {
      const expectation = name === "checkContinue" ? "100-continue" : "a fax";
      const own = createServer((_req, res) => res.end("other"));
      own.on(name, (_req, res) => {
        // Else Node itself would close the connection.
        if (name === "checkContinue") res.writeContinue();
        gate.once("open", () => res.end("expected"));
      });
      const end = createShutdown(own, []);
      const { port } = new URL(await listening(own));
      const socket = connect(Number(port), "127.0.0.1").setEncoding("utf8");
      socket.write(`GET / HTTP/1.1\r\nHost: a\r\nExpect: ${expectation}\r\n\r\n`);
      await once(own, name);
      const done = end();
      await turn();
      gate.emit("open");
      expect((await socket.toArray()).join("")).toMatch(/connection: close\r\n.*expected/is);
      await done;
    },
  );

  test("a server that does not listen to Expect answers it as before", async () => {
    const socket = connect(Number(new URL(origin).port), "127.0.0.1").setEncoding("utf8");
    socket.write("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n");
    expect((await once(socket, "data"))[0]).toContain("100 Continue");
    socket.write("x");
    expect((await once(socket, "data"))[0]).toContain("200 OK");
    await Promise.all([once(socket, "close"), shutDown()]);
  });

  test("an answer that takes long is waited for, however often it looks", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const slow = get(new Agent({ keepAlive: true }), "/slow");
    await once(server, "request");
    const done = shutDown();
    await turn();
    vi.advanceTimersByTime(5_000);
    await turn();
    gate.emit("open");
    expect(await slow).toMatchObject({ text: "slow" });
    await turn();
    vi.advanceTimersByTime(5_000);
    await done;
  });

  test("a response whose headers cannot be set does not keep it from ending", async () => {
    const own = createServer((_req, res) => {
      res.setHeader = () => {
        throw new Error("patched");
      };
      gate.once("open", () => res.end("patched"));
    });
    const end = createShutdown(own, []);
    const { port } = new URL(await listening(own));
    const socket = connect(Number(port), "127.0.0.1").setEncoding("utf8");
    socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await once(own, "request");
    const done = end();
    await turn();
    gate.emit("open");
    expect((await once(socket, "data"))[0]).toContain("patched");
    await done;
  });

  test("it rejects with what `afterwards` throws", async () => {
    const own = createShutdown(server, [], {
      afterwards: () => {
        throw new Error("no such pool");
      },
    });
    await expect(own()).rejects.toThrow("no such pool");
  });

  test("a limit out of bounds is refused", () => {
    expect(() => createShutdown(server, [], { limitMs: 0 })).toThrow("limitMs is 0");
  });

  test("HTTPS: an answer that takes long is waited for, however often it looks", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const secure = createHttpsServer(ANONYMOUS, (req, res) => gate.once("open", () => res.end(req.url)));
    onTestFinished(() => secure.closeAllConnections());
    const own = createShutdown(secure, []);
    const { port } = new URL(await listening(secure));
    const slow = getByHttps({
      ...ANONYMOUS,
      port,
      host: "127.0.0.1",
      path: "/slow",
      rejectUnauthorized: false,
    });
    const answered = once(slow, "response") as Promise<[IncomingMessage]>;
    await once(secure, "request");
    const done = own();
    await turn();
    vi.advanceTimersByTime(5_000);
    await turn();
    gate.emit("open");
    const [answer] = await answered;
    expect(answer.headers.connection).toBe("close");
    expect(Buffer.concat(await answer.toArray()).toString()).toBe("/slow");
    await done;
  });

  describe("HTTP/2:", () => {
    let plain: Http2Server;
    let end: () => Promise<void>;

    beforeEach(() => {
      plain = createHttp2Server((req, res) => void gate.once("open", () => res.end(req.url)));
      end = createShutdown(plain, [], { afterwards: () => (ended += 1) });
    });

    async function open() {
      const session = connectHttp2(new URL(await listening(plain)).origin).on("error", () => {});
      onTestFinished(() => session.destroy());
      await once(session, "connect");
      return session;
    }

    test("a stream under way is answered, however long it takes, and its session ends", async () => {
      vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
      const warnings: Error[] = [];
      const onWarning = (warning: Error): unknown => warnings.push(warning);
      process.on("warning", onWarning);
      onTestFinished(() => void process.off("warning", onWarning));
      const stream = (await open()).request({ ":path": "/slow" });
      await once(plain, "request");
      const done = end();
      await turn();
      vi.advanceTimersByTime(5_000);
      await turn();
      gate.emit("open");
      expect(Buffer.concat(await stream.toArray()).toString()).toBe("/slow");
      await done;
      expect(ended).toBe(1);
      // Node warns of a `Connection: close`, which HTTP/2 does not have.
      expect(warnings).toEqual([]);
    });

    test("an idle session is told to go away, without an error", async () => {
      const session = await open();
      const goaways: number[] = [];
      session.on("goaway", (code) => goaways.push(code));
      await Promise.all([once(session, "close"), end()]);
      expect(new Set(goaways)).toEqual(new Set([0]));
    });

    test("a connection that never begins its TLS is cut off, also after a session that has ended", async () => {
      const secure = createSecureServer(ANONYMOUS);
      const own = createShutdown(secure, []);
      const { port } = new URL(await listening(secure));
      const opened = once(secure, "session");
      const client = connectHttp2(`https://127.0.0.1:${port}`, { ...ANONYMOUS, rejectUnauthorized: false });
      const [session] = await opened;
      client.close();
      await once(session, "close");
      const silent = connect(Number(port), "127.0.0.1");
      onTestFinished(() => void silent.destroy());
      await once(secure, "connection");
      await own();
    });
  });

  test("a connection that has closed is not kept in memory", async () => {
    const seen: WeakRef<object>[] = [];
    const closed = new EventEmitter();
    server.on("connection", (socket) => {
      seen.push(new WeakRef(socket));
      socket.once("close", () => closed.emit("one"));
    });
    for (let connections = 0; connections < 10; connections += 1) {
      const one = once(closed, "one");
      (await talk("")).socket.destroy();
      await one;
    }
    expect(seen).toHaveLength(10);
    expect(await keptOf(seen)).toBe(0);
  });

  test("a server that is not one of node:net, as in Bun, is closed by its own method", async () => {
    const own = Object.assign(new EventEmitter(), {
      listening: true,
      close() {
        own.listening = false;
        own.emit("close");
      },
    });
    await createShutdown(own as unknown as Server, [])();
    expect(own.listening).toBe(false);
  });

  async function get(agent: Agent, path: string): Promise<{ text: string; connection: string | undefined }> {
    const [answer] = (await once(request(new URL(path, origin), { agent }).end(), "response")) as [
      IncomingMessage,
    ];
    const text = Buffer.concat(await answer.toArray()).toString();
    return { text, connection: answer.headers.connection };
  }

  async function talk(text: string) {
    const socket = connect(Number(new URL(origin).port), "127.0.0.1");
    const closed = new Promise<void>((resolve) =>
      socket.on("error", () => {}).once("close", () => resolve()),
    );
    let received = "";
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1");
    });
    const accepted = once(server, "connection");
    await once(socket, "connect");
    await accepted;
    socket.write(text);
    return {
      socket,
      closed,
      text: () => received,
      async received(part: string) {
        const cut = closed.then(() =>
          Promise.reject(new Error(`The connection closed before ${part} came.`)),
        );
        while (!received.includes(part)) await Promise.race([once(socket, "data"), cut]);
      },
    };
  }
});
