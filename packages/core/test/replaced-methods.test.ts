import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { createReceiver } from "@mintfax-webhooks/core/adapter";
import { handleNodeRequest } from "@mintfax-webhooks/core/node";
import { eventFixture, signDelivery } from "@mintfax-webhooks/testing";
import { SECRET } from "test-support/receiving";
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  type MockInstance,
  test,
  vi,
} from "vitest";

/** What middleware does to a response before the receiver answers. */
type Replace = (res: ServerResponse & Record<string, unknown>) => void;

let server: Server;
let replace: Replace;
let onError: ((res: ServerResponse, error: unknown) => void) | undefined;
let printed: MockInstance<typeof console.error>;
const receiver = createReceiver<IncomingMessage>({ secret: SECRET, onOutcome: () => {} });
receiver.on("fax.delivered", () => {});

beforeAll(async () => {
  server = createServer((req, res) => {
    replace(res as never);
    const answer = onError;
    void handleNodeRequest(receiver, req, res, req, answer && ((error) => answer(res, error)));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
});
beforeEach(() => {
  onError = undefined;
  printed = vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** @param sentBytes how much of the body is sent; all of it by default */
async function answered(replacing: Replace, sentBytes?: number): Promise<string> {
  replace = replacing;
  const { headers, body } = signDelivery(eventFixture("fax.delivered"), { secret: SECRET });
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1").on("error", () => {});
  const lines = Object.entries({ host: "x", connection: "close", ...headers, "content-length": body.length });
  socket.write(`POST / HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`);
  socket.write(Buffer.from(body).subarray(0, sentBytes));
  let text = "";
  for await (const chunk of socket.setEncoding("utf8")) text += chunk;
  return text;
}

const PROCESSED =
  /^HTTP\/1\.1 200 OK\r\n.*content-type: application\/json\r\n.*\r\n\r\n\{"outcome":"processed",/is;
const REPORT =
  /^mintfax-webhooks: an answer could not be written: Error: middleware.*Look for middleware that replaces methods/;
const broken = () => new Error("middleware");

describe("an answer is whole, although a method of its response is replaced:", () => {
  test.each<[string, Replace]>([
    [
      "writeHead that is left for later",
      (res) => {
        res.writeHead = (() => {}) as never;
      },
    ],
    [
      "writeHead that passes on",
      (res) => {
        const { writeHead } = res;
        res.writeHead = ((status: number) => writeHead.call(res, status)) as never;
      },
    ],
    [
      "writeHead that takes its time",
      (res) => {
        const { writeHead } = res;
        res.writeHead = (async (...args: [number]) => {
          await new Promise(setImmediate);
          if (!res.headersSent) writeHead.apply(res, args);
        }) as never;
      },
    ],
    [
      "setHeader that returns nothing",
      (res) => {
        const { setHeader } = res;
        res.setHeader = ((...args: [string, string]) => void setHeader.apply(res, args)) as never;
      },
    ],
    [
      "end that returns nothing",
      (res) => {
        const { end } = res;
        res.end = ((chunk: string) => void end.call(res, chunk, "utf8")) as never;
      },
    ],
    [
      "end that takes its time",
      (res) => {
        const { end } = res;
        res.end = (async (chunk: string) => {
          await new Promise(setImmediate);
          end.call(res, chunk, "utf8");
        }) as never;
      },
    ],
  ])("%s", async (_, replacing) => {
    expect(await answered(replacing)).toMatch(PROCESSED);
    expect(printed.mock.calls).toEqual([]);
  });

  test.each<[string, Replace]>([
    [
      "setHeader that rejects once it has set the header",
      (res) => {
        const { setHeader } = res;
        res.setHeader = ((...args: [string, string]) => {
          setHeader.apply(res, args);
          return args[0] === "content-length" ? Promise.reject(broken()) : res;
        }) as never;
      },
    ],
    [
      "writeHead that throws once it has written the head",
      (res) => {
        const { writeHead } = res;
        res.writeHead = ((status: number) => {
          writeHead.call(res, status).flushHeaders();
          throw broken();
        }) as never;
      },
    ],
    [
      "end that throws once it has ended",
      (res) => {
        const { end } = res;
        res.end = ((chunk: string) => {
          end.call(res, chunk, "utf8");
          throw broken();
        }) as never;
      },
    ],
  ])("%s, and the operator is told", async (_, replacing) => {
    expect(await answered(replacing)).toMatch(PROCESSED);
    await vi.waitFor(() => expect(printed.mock.calls).toEqual([[expect.stringMatching(REPORT)]]));
  });
});

test("end that middleware has replaced beside writeHead is called, too", async () => {
  const ended = vi.fn();
  const answer = await answered((res) => {
    const { writeHead, end } = res;
    res.writeHead = ((status: number) => writeHead.call(res, status)) as never;
    res.end = ((chunk: string) => {
      ended();
      return end.call(res, chunk, "utf8");
    }) as never;
  });
  expect(answer).toMatch(PROCESSED);
  expect(ended).toHaveBeenCalledOnce();
});

test("an answer that has ended before its middleware throws is not ended again", async () => {
  const failed = vi.fn();
  const answer = await answered((res) => {
    const { end } = res;
    res.on("error", failed);
    res.end = ((chunk: string) => {
      end.call(res, chunk, "utf8");
      throw broken();
    }) as never;
  });
  expect(answer).toMatch(PROCESSED);
  expect(failed).not.toHaveBeenCalled();
});

describe("an answer that cannot be written", () => {
  const throwing: Replace = (res) => {
    res.end = () => {
      throw broken();
    };
  };
  const rejecting: Replace = (res) => {
    res.end = (() => Promise.reject(broken())) as never;
  };

  test.each([
    ["throws", throwing],
    ["rejects", rejecting],
  ])(
    "without a framework, as end %s: the connection closes, and the operator is told",
    async (_, replacing) => {
      expect(await answered(replacing)).toBe("");
      expect(printed.mock.calls).toEqual([[expect.stringMatching(REPORT)]]);
    },
  );

  test.each([
    ["throws", throwing],
    ["rejects", rejecting],
  ])("as end %s: the framework answers, with 500 and none of our headers", async (_, replacing) => {
    onError = (res, error) => res.end(String(error));
    const answer = await answered(replacing);
    expect(answer).toMatch(/^HTTP\/1\.1 500 .*Error: middleware/s);
    expect(answer).not.toMatch(/application\/json|no-store/);
    expect(printed.mock.calls).toEqual([]);
  });

  test("and a framework that throws, too: the connection closes, and the operator is told of that", async () => {
    onError = () => {
      throw new Error("middleware of errors");
    };
    expect(await answered(throwing)).toBe("");
    expect(printed.mock.calls).toEqual([
      [expect.stringContaining("could not be written: Error: middleware of errors")],
    ]);
  });

  test("and a response that cannot be closed, too: the operator is told once", async () => {
    const answer = answered((res) => {
      throwing(res);
      const { destroy } = res;
      res.destroy = (() => {
        setImmediate(() => destroy.call(res));
        throw new Error("not Node's own");
      }) as never;
    });
    expect(await answer).toBe("");
    expect(printed.mock.calls).toEqual([[expect.stringMatching(REPORT)]]);
  });

  test("a response that throws as it is looked at: the connection closes", async () => {
    const answer = answered((res) => {
      Object.defineProperty(res, "headersSent", {
        get() {
          throw broken();
        },
      });
    });
    expect(await answer).toBe("");
    expect(printed.mock.calls).toEqual([[expect.stringMatching(REPORT)]]);
  });

  test("a response that cannot be listened to: the connection closes, and no handler runs", async () => {
    const answer = answered((res) => {
      res.on = () => {
        throw broken();
      };
    });
    expect(await answer).toBe("");
    expect(printed.mock.calls).toEqual([[expect.stringMatching(REPORT)]]);
  });
});

test("a response that middleware ends twice does not end the process", async () => {
  const answer = await answered((res) => {
    const { end } = res;
    res.end = ((chunk: string) => {
      end.call(res, chunk, "utf8");
      res.emit("error", new Error("write after end"));
      return res;
    }) as never;
  });
  expect(answer).toMatch(PROCESSED);
  expect(printed.mock.calls).toEqual([]);
});
