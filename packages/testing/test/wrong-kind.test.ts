/** What plain JavaScript may pass: TypeScript refuses all of it. */

import * as testing from "@mintfax-webhooks/testing";
import {
  createManualClock,
  createTestSender,
  eventFixture,
  faxLife,
  forge,
  isAccepted,
  randomId,
  recordEvents,
  recordOutcomes,
  signDelivery,
  tamper,
} from "@mintfax-webhooks/testing";
import { nodeServer } from "@mintfax-webhooks/testing/node";
import { leaseStoreSuite, transactionalStoreSuite } from "@mintfax-webhooks/testing/store-suite";
import { describe, expect, test } from "vitest";
import { SECRET } from "./support/secrets.ts";

const NUMBER = "+12125550142";
const event = eventFixture("fax.delivered", { data: { object: { to: NUMBER } } });
const delivery = signDelivery(event, { secret: SECRET });
const to = () => new Response();
const sender = createTestSender({ secret: SECRET, to });
const clock = createManualClock();

/** Of each kind, and how an error names it. */
const VALUES: readonly (readonly [value: unknown, name: string])[] = [
  [undefined, "undefined"],
  [null, "null"],
  [7, "7"],
  [Number.NaN, "NaN"],
  [`fax to ${NUMBER}`, "text"],
  [[event], "a list"],
  [event, "an event"],
  [delivery, "a signed delivery"],
  [faxLife(), "the life of a fax"],
  [Promise.resolve(event), "a promise: await it"],
  [new Response(NUMBER), "a Response"],
  [new Request("https://localhost", { headers: { to: NUMBER } }), "a Request"],
  [await sender.attempt(event), "an attempt"],
  [await sender.deliver(event), "a delivery report"],
  [sender.start(event), "a delivery under way"],
  [new Date(Number.NaN), "a Date"],
  [() => event, "a function"],
  [{}, "an object"],
];

interface Call {
  readonly call: (value: never) => unknown;
  readonly takes: readonly string[];
  /** A part of what an error says. */
  readonly fix: RegExp;
}

const CALLS: Readonly<Record<string, Call>> = {
  "sender.send": {
    call: (value) => sender.send(value),
    takes: ["a signed delivery"],
    fix: /sender\.attempt\(event\)/,
  },
  "sender.attempt": {
    call: (value) => sender.attempt(value, { id: "evt_1" }),
    takes: ["text", "an event"],
    fix: /sender\.send\(\)/,
  },
  "sender.deliver": {
    call: (value) => sender.deliver(value, { id: "evt_1" }),
    takes: ["text", "an event"],
    fix: /eventFixture\(type\)/,
  },
  "sender.start": {
    call: (value) => sender.start(value, { id: "evt_1" }),
    takes: ["text", "an event"],
    fix: /one by one/,
  },
  signDelivery: {
    call: (value) => signDelivery(value, { secret: SECRET, id: "evt_1" }),
    takes: ["text", "an event"],
    fix: /faxLife\(\)/,
  },
  bodyText: { call: testing.bodyText, takes: ["an event"], fix: /eventFixture/ },
  bodyForms: { call: testing.bodyForms, takes: ["an event"], fix: /eventFixture/ },
  forge: { call: forge, takes: ["a signed delivery"], fix: /signDelivery\(event, \{ secret \}\)/ },
  tamper: { call: tamper, takes: ["a signed delivery"], fix: /signDelivery/ },
  isAccepted: { call: isAccepted, takes: ["an attempt", "a Response"], fix: /report\.accepted/ },
  eventFixture: { call: (value) => eventFixture(value), takes: ["text"], fix: /EVENT_TYPES/ },
  randomId: { call: randomId, takes: ["text"], fix: /pass ""/ },
  "option `secret`": {
    call: (secret) => signDelivery(event, { secret }),
    takes: ["text", "a list"],
    fix: /option `secret`/,
  },
  "option `id`": {
    call: (id) => signDelivery(event, { secret: SECRET, id }),
    takes: ["undefined", "text"],
    fix: /leave it out/,
  },
  "option `at`": {
    call: (at) => signDelivery(event, { secret: SECRET, at }),
    takes: ["undefined"],
    fix: /new Date\(ms\)/,
  },
  "option `to`": {
    call: (value) => createTestSender({ secret: SECRET, to: value }),
    takes: ["a function"],
    fix: /nodeServer\(\).*app\.fetch/,
  },
  "option `clock`": {
    call: (value) => createTestSender({ secret: SECRET, to, clock: value }),
    takes: ["undefined"],
    fix: /createManualClock/,
  },
  "option `signal`": {
    call: (signal) => sender.start(event, { signal }),
    takes: ["undefined"],
    fix: /controller\.signal/,
  },
  "option `timeoutMs`": {
    call: (timeoutMs) => recordEvents().waitFor("fax.queued", { timeoutMs }),
    takes: ["undefined", "7"],
    fix: /`timeoutMs` in milliseconds/,
  },
  "waitFor of recordEvents": {
    call: (value) => recordEvents().waitFor(value),
    takes: ["text", "a function"],
    fix: /event\.id/,
  },
  "waitFor of recordOutcomes": {
    call: (value) => recordOutcomes().waitFor(value),
    takes: ["text", "a function"],
    fix: /a function/,
  },
  createManualClock: { call: createManualClock, takes: ["undefined", "7"], fix: /date\.getTime\(\)/ },
  advance: { call: (value) => clock.advance(value), takes: ["7"], fix: /forward only/ },
  runUntil: { call: (value) => clock.runUntil(value), takes: ["a promise: await it"], fix: /delivery\.done/ },
  nodeServer: {
    call: nodeServer,
    takes: ["a function"],
    fix: /app\.callback\(\).*app\.server.*getHttpServer/,
  },
  "leaseStoreSuite's `open`": {
    call: (open) => leaseStoreSuite({ name: "mine", open }),
    takes: ["a function"],
    fix: /\{ store, close\(\) \}/,
  },
  "transactionalStoreSuite's `open`": {
    call: (open) => transactionalStoreSuite({ name: "mine", open }),
    takes: ["a function"],
    fix: /`open`/,
  },
};

async function errorOf(call: () => unknown): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    return error;
  }
}

describe.each(Object.entries(CALLS))("%s", (_, { call, takes, fix }) => {
  test.each(VALUES.filter(([, name]) => !takes.includes(name)))(
    "given %o, says that it got %s, and the fix",
    async (value, name) => {
      const error = await errorOf(() => call(value as never));
      expect(error).toBeInstanceOf(TypeError);
      const { message } = error as TypeError;
      expect(message).toContain(`; got ${name}. `);
      expect(message).toMatch(fix);
      expect(message).not.toContain(NUMBER);
    },
  );
});

test.each<[string, (options: never) => unknown]>([
  ["createTestSender()", createTestSender],
  ["signDelivery()", (options) => signDelivery(event, options)],
  ["attempt()", (options) => sender.attempt(event, options)],
  ["deliver()", (options) => sender.deliver(event, options)],
  ["eventFixture()", (options) => eventFixture("fax.queued", options)],
  ["faxLife()", faxLife],
  ["recordEvents()", recordEvents],
  ["waitFor()", (options) => recordEvents().waitFor("fax.queued", options)],
])("%s says which options it takes, where it gets text or one that does not exist", async (of, call) => {
  for (const given of ["evt_1", { timescale: 0 }]) {
    const error = await errorOf(() => call(given as never));
    expect(error).toMatchObject({ name: "ConfigurationError", message: expect.stringContaining(of) });
  }
});

test("a signed delivery with a body of another realm's bytes is sent", async () => {
  const { runInNewContext } = await import("node:vm");
  const foreign = runInNewContext("new Uint8Array([123, 125])");
  expect((await sender.send({ ...delivery, body: foreign })).status).toBe(200);
});
