import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { type LoadResult, open, send } from "../src/load/client.ts";
import { Wire } from "../src/load/wire.ts";

const EXPECTED = { status: 200, contains: '"outcome":"processed"' };
const PROCESSED = '{"outcome":"processed"}';
const running: { close(): unknown }[] = [];

afterEach(() => {
  for (const server of running.splice(0)) server.close();
});

async function listen(server: Server | ReturnType<typeof createTcpServer>): Promise<number> {
  running.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

function wireOf(count: number): Wire {
  return new Wire(count, (n) => {
    const body = `{"n":${n},"padding":"${"x".repeat(n % 50)}"}`;
    return `POST / HTTP/1.1\r\nhost: test\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  });
}

/** Sends 100 requests over 4 connections. @returns the bodies that arrived, too */
async function sendTo(answer: RequestListener): Promise<LoadResult & { readonly bodies: readonly string[] }> {
  const bodies: string[] = [];
  const port = await listen(
    createServer(async (req, res) => {
      let body = "";
      for await (const chunk of req) body += chunk;
      bodies.push(body);
      answer(req, res);
    }),
  );
  return { ...(await send(wireOf(100), await open({ port, connections: 4, expected: EXPECTED }))), bodies };
}

test("every request is sent once, and right answers are not counted as wrong", async () => {
  const { sent, wrong, bodies, p50Ms, p99Ms, seconds } = await sendTo((_, res) => void res.end(PROCESSED));
  expect({ sent, wrong }).toEqual({ sent: 100, wrong: 0 });
  expect(new Set(bodies.map((body) => JSON.parse(body).n)).size).toBe(100);
  expect(bodies).toHaveLength(100);
  expect(p50Ms).toBeGreaterThan(0);
  expect(p99Ms).toBeGreaterThanOrEqual(p50Ms);
  expect(seconds * 1000).toBeGreaterThanOrEqual(p99Ms);
});

test("an answer with another status is wrong, and so is one with another outcome", async () => {
  let n = 0;
  const { sent, wrong, examples } = await sendTo((_, res) => {
    n += 1;
    if (n % 10 === 0) res.statusCode = 500;
    res.end(n % 10 === 5 ? '{"outcome":"duplicate"}' : PROCESSED);
  });
  expect({ sent, wrong }).toEqual({ sent: 100, wrong: 20 });
  expect(examples[0]).toContain("duplicate");
});

test("an answer in pieces or in chunks is read to its end", async () => {
  let n = 0;
  const { wrong } = await sendTo((_, res) => {
    n += 1;
    if (n % 2 === 0) res.setHeader("content-length", PROCESSED.length);
    res.write(PROCESSED.slice(0, 9));
    setImmediate(() => res.end(PROCESSED.slice(9)));
  });
  expect(wrong).toBe(0);
});

test("where a server closes its connections, others are opened", async () => {
  const { wrong, bodies } = await sendTo(
    (_, res) => void res.setHeader("connection", "close").end(PROCESSED),
  );
  expect(wrong).toBe(0);
  expect(bodies).toHaveLength(100);
});

test("a connection that breaks without an answer is a wrong answer, and the rest goes on", async () => {
  let n = 0;
  const { sent, wrong } = await sendTo((req, res) => {
    n += 1;
    if (n % 25 === 0) req.socket.destroy();
    else res.end(PROCESSED);
  });
  expect({ sent, wrong }).toEqual({ sent: 100, wrong: 4 });
});

test("a server that takes connections and hangs up gives wrong answers only", async () => {
  const port = await listen(createTcpServer((socket: Socket) => socket.end()));
  const { wrong } = await send(wireOf(10), await open({ port, connections: 2, expected: EXPECTED }));
  expect(wrong).toBe(10);
});
