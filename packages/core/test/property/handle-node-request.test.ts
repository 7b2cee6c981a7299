import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { createReceiver } from "@mintfax-webhooks/core/adapter";
import { handleNodeRequest } from "@mintfax-webhooks/core/node";
import { eventFixture, signDelivery } from "@mintfax-webhooks/testing";
import fc from "fast-check";
import { runs } from "test-support/property-runs";
import { SECRET } from "test-support/receiving";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

/** What a replaced method or a getter does instead of Node's own, or around it. */
const DEEDS = [
  "own",
  "throw",
  "nothing",
  "promise",
  "reject",
  "twice",
  "later",
  "own, then throw",
  "junk",
] as const;
type Deed = (typeof DEEDS)[number];

const RESPONSE = ["setHeader", "writeHead", "write", "end"] as const;
// Node calls the others itself, and has to handle what they throw.
const REQUEST = ["pause", "resume"] as const;
const REQUEST_GETTERS = ["rawBody", "body", "headers", "readableEncoding", "method"] as const;
const RESPONSE_GETTERS = ["headersSent"] as const;

const patches = <Name extends string>(names: readonly Name[], deeds: readonly Deed[] = DEEDS) =>
  // One for each name: a promise that one wrapper drops, and another has made, is lost before the receiver could see it.
  fc.uniqueArray(fc.record({ name: fc.constantFrom(...names), deed: fc.constantFrom(...deeds) }), {
    maxLength: 3,
    selector: ({ name }) => name,
  });

const setting = fc.record({
  response: patches(RESPONSE),
  request: patches(REQUEST, ["throw", "nothing", "twice", "own, then throw"]),
  requestGetters: fc.array(fc.constantFrom(...REQUEST_GETTERS), { maxLength: 1 }),
  responseGetters: fc.array(fc.constantFrom(...RESPONSE_GETTERS), { maxLength: 1 }),
  sent: fc.constantFrom("whole", "forged", "half", "GET"),
  framework: fc.constantFrom("answers", "throws", "none"),
});

function fail(): never {
  throw new Error("thrown by middleware");
}

// biome-ignore lint/suspicious/noExplicitAny: a wrapper passes on any arguments
function replace(target: any, name: string, deed: Deed, isOver: () => boolean): void {
  const own = target[name];
  if (deed === "own" || typeof own !== "function") return;
  target[name] = (...args: unknown[]) => {
    if (isOver()) return own.apply(target, args);
    if (deed === "throw") throw new Error("thrown by middleware");
    if (deed === "junk") return new Proxy({}, { get: fail });
    if (deed === "reject") return Promise.reject(new Error("rejected by middleware"));
    if (deed === "later")
      return new Promise((resolve) => setImmediate(resolve)).then(() => own.apply(target, args));
    const returned = own.apply(target, args);
    if (deed === "twice") return own.apply(target, args);
    if (deed === "own, then throw") throw new Error("thrown by middleware");
    return deed === "promise" ? Promise.resolve(returned) : undefined;
  };
}

function trap(target: object, name: string, isOver: () => boolean): void {
  const later = Reflect.get(target, name);
  Object.defineProperty(target, name, {
    configurable: true,
    get() {
      if (isOver()) return later;
      throw new Error("thrown by a getter");
    },
  });
}

let server: Server;
let listener: (req: IncomingMessage, res: ServerResponse) => void;
const uncaught: unknown[] = [];
const onUncaught = (error: unknown): void => void uncaught.push(error);
beforeAll(async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  process.on("uncaughtException", onUncaught).on("unhandledRejection", onUncaught);
  server = createServer((req, res) => listener(req, res)).listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => {
  process.off("uncaughtException", onUncaught).off("unhandledRejection", onUncaught);
  vi.restoreAllMocks();
  server.closeAllConnections();
  server.close();
});

const turn = (): Promise<unknown> => new Promise((resolve) => setImmediate(resolve));

function wireOf(sent: string): Buffer {
  const { headers, body } = signDelivery(eventFixture("fax.delivered"), { secret: SECRET });
  const all: Record<string, string> = { host: "x", ...headers, "content-length": String(body.length) };
  if (sent === "forged") all["webhook-signature"] = `v1,${"A".repeat(43)}=`;
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `${sent === "GET" ? "GET" : "POST"} / HTTP/1.1\r\n${lines.join("")}\r\n`;
  return Buffer.concat([Buffer.from(head), sent === "half" ? body.subarray(0, body.length / 2) : body]);
}

test("a request and response that middleware has patched settle with one answer at most and nothing in flight", async () => {
  await fc.assert(
    fc.asyncProperty(
      setting,
      async ({ response, request, requestGetters, responseGetters, sent, framework }) => {
        const receiver = createReceiver<unknown>({ secret: SECRET, bodyTimeoutMs: 20, onOutcome: () => {} });
        let handled = 0;
        receiver.on("*", () => {
          handled += 1;
        });
        let isOver = false;
        let errors = 0;
        const onError = (): void => {
          errors += 1;
          if (framework === "throws") throw new Error("thrown by the framework");
        };
        const settled = new Promise<void>((resolve, reject) => {
          listener = (req, res) => {
            for (const { name, deed } of response) replace(res, name, deed, () => isOver);
            for (const { name, deed } of request) replace(req, name, deed, () => isOver);
            for (const name of requestGetters) trap(req, name, () => isOver);
            for (const name of responseGetters) trap(res, name, () => isOver);
            handleNodeRequest(receiver, req, res, undefined, framework === "none" ? undefined : onError)
              .finally(() => {
                isOver = true;
              })
              .then(resolve, reject);
          };
        });
        const socket = connect({ port: (server.address() as AddressInfo).port, host: "127.0.0.1" });
        let text = "";
        socket
          .on("error", () => {})
          .on("data", (chunk) => {
            text += chunk.toString();
          });
        socket.write(wireOf(sent));
        await settled;
        await receiver.drain();
        socket.destroy();
        for (let turns = 0; turns < 6; turns += 1) await turn();
        expect(errors).toBeLessThanOrEqual(1);
        expect(handled).toBeLessThanOrEqual(sent === "whole" ? 1 : 0);
        expect(text.split("HTTP/1.1 ").length - 1).toBeLessThanOrEqual(1);
        expect(uncaught.splice(0)).toEqual([]);
      },
    ),
    runs(400),
  );
});
