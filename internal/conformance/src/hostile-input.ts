import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  createMemoryStore,
  type FaxDeliveredEvent,
  type LeaseStore,
  type OutcomeRecord,
} from "@mintfax-webhooks/core";
import { counting } from "test-support/counting-store";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import {
  BODY_ROWS,
  CUT_ROWS,
  envelope,
  exchange,
  freshId,
  HEADER_ROWS,
  LANES,
  NOW_SECONDS,
  PARSER_ROWS,
  type RawAnswer,
  type RawRequest,
  type Row,
  requestOf,
  SECRET,
  SIGNATURE_ROWS,
  TRANSPORT_ROWS,
  WRITING_ON,
  writeOn,
} from "./hostile/index.ts";

/** What every receiver of the suite is given. */
export interface LaneOptions {
  readonly secret: string;
  readonly store: LeaseStore;
  readonly bodyLimitBytes?: number;
  readonly bodyTimeoutMs?: number;
  readonly onOutcome: (record: OutcomeRecord) => void;
}

/** What the suite needs of a receiver, on any framework. */
interface Mounted {
  on(pattern: "fax.delivered", handler: (event: FaxDeliveredEvent) => void): unknown;
  drain(): Promise<void>;
}

/** Sets up one receiver per path, and what `node:http` calls for a request. */
export type Mount = (lanes: ReadonlyMap<string, LaneOptions>) => {
  readonly receivers: readonly Mounted[];
  readonly listener: RequestListener;
};

const ROWS: readonly Row[] = [...HEADER_ROWS, ...SIGNATURE_ROWS, ...BODY_ROWS, ...TRANSPORT_ROWS];

const PROTOTYPE_KEYS: readonly string[] = [
  '"__proto__":{"polluted":1}',
  '"\\u005f_proto__":{"polluted":1}',
  '"__prot\\u006F__" : {"polluted":1}',
  '"__proto__":{"__proto__":{"polluted":1}}',
  '"constructor":{"prototype":{"polluted":1}}',
  '"c\\u006fnstructor":{"prototype":{"polluted":1}}',
  '"constructor":{"\\u0070rototype":{"polluted":1}}',
];

/** Sends every hostile request over a socket of its own to a server of `node:http`. */
export function describeHostileInput(name: string, mount: Mount): void {
  describe(name, () => {
    const { store, calls } = counting(createMemoryStore());
    const handled: FaxDeliveredEvent[] = [];
    const records: OutcomeRecord[] = [];
    let recorded = (): void => {};
    const options: LaneOptions = {
      secret: SECRET,
      store,
      onOutcome: (record) => {
        records.push(record);
        recorded();
      },
    };
    const lanes = Object.values(LANES).map(({ path, limits }) => [path, { ...options, ...limits }] as const);
    const { receivers, listener } = mount(new Map(lanes));
    const server = createServer(listener);
    let port: number;

    beforeAll(async () => {
      vi.useFakeTimers({ toFake: ["Date"], now: NOW_SECONDS * 1000 });
      for (const receiver of receivers) receiver.on("fax.delivered", (event) => handled.push(event));
      port = await listen(server);
    });
    afterAll(() => {
      vi.useRealTimers();
      server.close();
    });
    beforeEach(() => {
      for (const list of [calls, handled, records]) list.length = 0;
    });

    const send = (request: RawRequest) => exchange(port, request, once(server, "request"));

    /** The server is neither gone nor stuck, and has not learnt to refuse. */
    async function expectAlive(): Promise<void> {
      const { answer } = await send(requestOf({ id: freshId() }));
      expect(answer).toMatchObject({ status: 200 });
      expect(JSON.parse(answer?.body ?? "")).toMatchObject({ outcome: "processed" });
    }

    describe.each(ROWS)("$name", (row) => {
      const { request, status, code, outcome, interim = [] } = row;

      // Threat: T14
      test(`is answered with ${status} ${code ?? outcome}`, async () => {
        const { answer, text } = await send(request);

        expect(answer).toMatchObject({ status, interim });
        if (!request.bodiless)
          expect(JSON.parse(answer?.body ?? "")).toMatchObject({ outcome, ...(code && { code }) });
        expectOrdinaryHeaders(answer, status);
        expect(records).toMatchObject([{ outcome, status, code }]);
        expectNoLeak(text, records, request);
        const runs = outcome === "processed" ? 1 : 0;
        expect(handled).toHaveLength(runs);
        expect(calls).toEqual(runs === 1 ? ["claim", "complete"] : []);
        expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
        await expectAlive();
      });
    });

    describe.each(CUT_ROWS)("$name", ({ request, code, outcome, status }) => {
      test(`is recorded as ${code}`, async () => {
        const record = new Promise<void>((resolve) => {
          recorded = resolve;
        });
        const { text } = await send(request);
        await record;

        expect(records).toMatchObject([{ outcome, status, code }]);
        expect(text).not.toContain('"outcome"');
        expectNoLeak(text, records, request);
        expect([handled, calls]).toEqual([[], []]);
        await expectAlive();
      });
    });

    describe("what Node's parser turns away never gets to a receiver", () => {
      test.each(PARSER_ROWS)("$name: $status", async ({ request, status }) => {
        const { answer, text } = await send(request);

        expect(answer?.status).toBe(status);
        expectNoLeak(text, records, request);
        expect([records, handled, calls]).toEqual([[], [], []]);
        await expectAlive();
      });
    });

    // Threat: T13
    describe("keys that reach a prototype are gone when the handler is called", () => {
      test.each(PROTOTYPE_KEYS)("%s", async (key) => {
        const tags = `{"order":"7",${key},"deep":[{${key}}]}`;
        const body = envelope({ data: { object: { id: "fax_1", tags: 0 } } });
        const { answer } = await send(requestOf({ body: body.replace('"tags":0', `"tags":${tags}`) }));

        expect(answer?.status).toBe(200);
        const received = handled[0]?.data.object.tags as Record<string, unknown>;
        expect(Object.getOwnPropertyNames((received.deep as object[])[0])).toEqual([]);
        expect(Object.getOwnPropertyNames(received)).toEqual(["order", "deep"]);
        mergeNaively({}, received);
        expect(({} as Record<string, unknown>).polluted).toBeUndefined();
      });
    });

    // Threat: T13
    test("an id from Object.prototype is an id like any other", async () => {
      for (const id of ["__proto__", "constructor", "hasOwnProperty"]) {
        const outcomes = [];
        for (let attempt = 0; attempt < 2; attempt += 1) {
          const { answer } = await send(requestOf({ id }));
          outcomes.push(JSON.parse(answer?.body ?? ""));
        }
        expect(outcomes).toEqual([
          { outcome: "processed", id },
          { outcome: "duplicate", id },
        ]);
      }
      expect(handled).toHaveLength(3);
    });

    // Threat: T06
    describe("a sender that writes on after a refusal gets to read the answer", () => {
      test.each(WRITING_ON)("refused $name", async ({ status, start, rest }) => {
        const arrived = once(server, "request");
        const { answer, ending } = await writeOn(port, start, rest);
        const [req] = (await arrived) as [IncomingMessage];
        expect([answer?.status, ending]).toEqual([status, "end"]);
        // Closing over unread bytes resets the connection, and a reset can overtake the answer.
        expect(req.complete).toBe(true);
      });
    });

    // Threat: T06, T19
    test("nothing is left behind", async () => {
      await Promise.all(receivers.map((receiver) => receiver.drain()));
      await vi.waitFor(async () => expect(await connectionsOf(server)).toBe(0), { timeout: 4_000 });
    });
  });
}

export const ROW_COUNT: number = ROWS.length + CUT_ROWS.length;

/** What so many handlers do to what they are given. */
function mergeNaively(target: Record<string, unknown>, source: object): void {
  for (const [key, value] of Object.entries(source)) {
    if (typeof value !== "object" || value === null) target[key] = value;
    else {
      target[key] ??= {};
      mergeNaively(target[key] as Record<string, unknown>, value);
    }
  }
}

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

function connectionsOf(server: Server): Promise<number> {
  return new Promise((resolve, reject) =>
    server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
  );
}

function expectOrdinaryHeaders(answer: RawAnswer | undefined, status: number): void {
  expect(answer?.headers.get("content-type")).toBe("application/json");
  expect(answer?.headers.get("cache-control")).toBe("no-store");
  expect(answer?.headers.get("allow")).toBe(status === 405 ? "POST" : undefined);
}

/** Neither the sender nor the log learns the secret, a signature that would pass, or what the body held. */
function expectNoLeak(text: string, records: readonly OutcomeRecord[], { neverEcho = [] }: RawRequest): void {
  for (const said of [text, JSON.stringify(records)]) {
    for (const hidden of [SECRET, ...neverEcho]) expect(said).not.toContain(hidden);
  }
}
