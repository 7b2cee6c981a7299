import type { IncomingMessage, ServerResponse } from "node:http";
import { PassThrough } from "node:stream";

/** Middleware in the form that connect, Express and many others share. */
export type Connect = (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void) => void;

/** Something that stands in front of a receiver, in the ways in which loggers, compressors and proxies do it. */
export interface MiddlewareRow {
  readonly name: string;
  readonly use: Connect;
  /**
   * `harmless`: every answer is as it would be without. `body is gone`: so is every answer that does not depend on the
   * body. `throws`: the framework answers, with what was thrown.
   */
  readonly effect: "harmless" | "body is gone" | "throws";
  /** It waits for the body, so it is not for requests whose body never comes. */
  readonly waits?: boolean;
  /** It takes the body out by `read()`, which nothing can hold: what it took before a receiver reads is gone. */
  readonly pulls?: boolean;
}

/** What is thrown by middleware that throws. */
export const THROWN = "thrown by middleware in front";

function harmless(name: string, use: Connect): MiddlewareRow {
  return { name, use, effect: "harmless" };
}

function pulling(name: string, use: Connect): MiddlewareRow {
  return { ...harmless(name, use), pulls: true };
}

function waiting(name: string, use: Connect): MiddlewareRow {
  return { ...harmless(name, use), waits: true };
}

function spoiling(name: string, use: Connect): MiddlewareRow {
  return { name, use, effect: "body is gone", waits: true };
}

function throwing(name: string, patch: (res: ServerResponse) => void): MiddlewareRow {
  return { name, use: patching(patch), effect: "throws" };
}

function patching(patch: (res: ServerResponse) => void): Connect {
  return (_req, res, next) => {
    patch(res);
    next();
  };
}

type Method = "setHeader" | "writeHead" | "write" | "end";
// biome-ignore lint/suspicious/noExplicitAny: what is passed on is none of a wrapper's business
type Arguments = any[];
type Wrapper = (own: (...args: Arguments) => unknown, ...args: Arguments) => unknown;

/** Puts a function around one of a response's methods. */
function around(method: Method, wrap: Wrapper): (res: ServerResponse) => void {
  return (res) => {
    const own = res[method] as (...args: Arguments) => unknown;
    res[method] = ((...args: Arguments) => wrap((...given) => own.apply(res, given), ...args)) as never;
  };
}

const METHODS: readonly Method[] = ["setHeader", "writeHead", "write", "end"];

function fail(): never {
  throw new Error(THROWN);
}

/** Lets the promises that are settled already go first. */
const aMoment = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const responses: readonly MiddlewareRow[] = [
  ...METHODS.map((method) =>
    harmless(`${method} that returns nothing`, patching(around(method, (own, ...args) => void own(...args)))),
  ),
  ...METHODS.map((method) =>
    harmless(
      `${method} that returns a promise`,
      patching(around(method, async (own, ...args) => own(...args))),
    ),
  ),
  harmless(
    "writeHead that passes on the status alone",
    patching(around("writeHead", (own, code) => own(code))),
  ),
  harmless(
    "writeHead that puts the old one back, as log4js does",
    patching((res) => {
      const own = res.writeHead;
      res.writeHead = ((code: number, headers: object) => {
        res.writeHead = own;
        res.writeHead(code, headers as never);
      }) as never;
    }),
  ),
  harmless(
    "writeHead that waits",
    patching(around("writeHead", (own, ...args) => aMoment().then(() => void own(...args)))),
  ),
  harmless("writeHead that is called twice", patching(around("writeHead", twice))),
  harmless(
    "end that waits",
    patching(around("end", (own, ...args) => void aMoment().then(() => own(...args)))),
  ),
  harmless("end that is called twice", patching(around("end", twice))),
  harmless(
    "end that throws once it has worked",
    patching(
      around("end", (own, ...args) => {
        own(...args);
        fail();
      }),
    ),
  ),
  harmless(
    "end that rejects once it has worked",
    patching(
      around("end", async (own, ...args) => {
        own(...args);
        await aMoment();
        fail();
      }),
    ),
  ),
  harmless(
    "end that throws once there is a head",
    patching((res) => {
      res.end = () => {
        res.flushHeaders();
        fail();
      };
    }),
  ),
  harmless("writeHead that rejects", patching(around("writeHead", async () => fail()))),
  throwing(
    "end that rejects",
    around("end", async () => fail()),
  ),
  ...(["setHeader", "writeHead", "end"] as const).map((method) =>
    throwing(`${method} that throws`, around(method, fail)),
  ),
  throwing(
    "a response that turns a header down",
    around("setHeader", (own, name, ...rest) => (name === "cache-control" ? fail() : own(name, ...rest))),
  ),
];

function twice(own: (...args: Arguments) => unknown, ...args: Arguments): unknown {
  own(...args);
  return own(...args);
}

function listening(req: IncomingMessage): void {
  req.on("data", () => {});
}

const requests: readonly MiddlewareRow[] = [
  harmless("a listener for data", (req, _res, next) => {
    listening(req);
    next();
  }),
  harmless("a listener for data that comes later", (req, _res, next) => {
    next();
    listening(req);
  }),
  harmless("listeners for data, end, error and close", (req, _res, next) => {
    listening(req);
    for (const event of ["end", "error", "close", "aborted"]) req.on(event, () => {});
    next();
  }),
  harmless("a body that is set going", (req, _res, next) => {
    listening(req);
    req.resume();
    next();
  }),
  harmless("a body that is paused", (req, _res, next) => {
    req.pause();
    next();
  }),
  harmless("a body that is listened to and paused", (req, _res, next) => {
    listening(req);
    req.pause();
    next();
  }),
  harmless("a body that is paused until a moment has gone by", (req, _res, next) => {
    req.pause();
    void aMoment().then(next);
  }),
  harmless("a body that is piped", (req, _res, next) => {
    req.pipe(new PassThrough().resume());
    next();
  }),
  harmless("a body that is piped to where nothing is read", (req, _res, next) => {
    req.pipe(new PassThrough({ highWaterMark: 1_048_576 }));
    next();
  }),
  pulling("a body that is read when it is readable", (req, _res, next) => {
    req.on("readable", () => {
      while (req.read() !== null);
    });
    next();
  }),
  waiting("a body of which a part is read and put back", (req, _res, next) => {
    if (req.readableEnded || Number(req.headers["content-length"] ?? 0) === 0) return next();
    req.once("readable", () => {
      const chunk: Buffer | null = req.read();
      if (chunk !== null) req.unshift(chunk);
      next();
    });
  }),
  pulling("a body that is iterated over meanwhile", (req, _res, next) => {
    void (async () => {
      for await (const _ of req);
    })().catch(() => {});
    next();
  }),
  spoiling("a body that is read to its end", (req, _res, next) => {
    req.on("data", () => {});
    untilRead(req, next);
  }),
  spoiling("a body that is read to its end and parsed", (req, _res, next) => {
    req.on("data", () => {});
    untilRead(req, () => {
      Object.assign(req, { body: { id: "evt_1" } });
      next();
    });
  }),
  spoiling("a body that is read to its end and kept as text", (req, _res, next) => {
    const chunks: Buffer[] = [];
    req.on("data", (chunk) => chunks.push(chunk));
    untilRead(req, () => {
      const text = Buffer.concat(chunks).toString();
      Object.assign(req, { body: text, rawBody: text });
      next();
    });
  }),
  spoiling("a body that is read to its end, behind a getter that throws", (req, _res, next) => {
    req.on("data", () => {});
    untilRead(req, () => {
      Object.defineProperty(req, "body", { get: fail });
      next();
    });
  }),
  spoiling("a body that is made into text", (req, _res, next) => {
    req.setEncoding("utf8");
    next();
  }),
  ...(["rawBody", "body"] as const).flatMap((name) => [
    keeping(`a body that is kept as a Buffer in ${name}`, name, (bytes) => bytes),
    keeping(
      `a body that is kept as an ArrayBuffer in ${name}`,
      name,
      (bytes) => Uint8Array.from(bytes).buffer,
    ),
    keeping(`a body that is kept as a DataView in ${name}`, name, (bytes) => {
      const padded = new Uint8Array(bytes.length + 7);
      padded.set(bytes, 3);
      return new DataView(padded.buffer, 3, bytes.length);
    }),
  ]),
  harmless("an object that is there before the body", (req, _res, next) => {
    Object.assign(req, { body: {} });
    next();
  }),
  harmless("a getter that throws before the body", (req, _res, next) => {
    Object.defineProperty(req, "body", { get: fail });
    next();
  }),
];

function keeping(name: string, where: "body" | "rawBody", form: (bytes: Buffer) => unknown): MiddlewareRow {
  return waiting(name, (req, _res, next) => {
    const chunks: Buffer[] = [];
    req.on("data", (chunk) => chunks.push(chunk));
    untilRead(req, () => {
      Object.assign(req, { [where]: form(Buffer.concat(chunks)) });
      next();
    });
  });
}

function untilRead(req: IncomingMessage, done: () => void): void {
  req.once("end", () => void aMoment().then(done));
}

/** Middleware that needs no package: what is done to responses, and to requests. */
export const MIDDLEWARE_ROWS: readonly MiddlewareRow[] = [...responses, ...requests];
