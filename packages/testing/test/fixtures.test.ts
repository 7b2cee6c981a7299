import {
  createFetchHandler,
  EVENT_TYPES,
  type EventOf,
  type FaxAttempt,
  type FaxErrorCode,
  isTerminal,
  type MintfaxEvent,
} from "@mintfax-webhooks/core";
import { type EventOverrides, eventFixture, signDelivery } from "@mintfax-webhooks/testing";
import { describe, expect, expectTypeOf, test } from "vitest";
import { SECRET } from "./support/secrets.ts";

describe("the contract's samples", () => {
  const common = {
    id: "fax_8aZqRm4yT3vK7pNxJ2bH9c",
    to: "+12125551234",
    error_code: null,
    error_subcode: null,
    error_message: null,
    max_attempts: 3,
    webhook_url: null,
    idempotency_key: "550e8400-e29b-41d4-a716-446655440000",
    tags: { order: "1042" },
    csid: null,
    page_size: "letter",
    resolution: "standard",
    optimize_for: "text",
    created_at: "2025-05-13T21:58:20Z",
  };
  const busy = {
    attempt_number: 1,
    started_at: "2025-05-13T21:58:25Z",
    completed_at: "2025-05-13T21:59:05Z",
    duration_ms: 40000,
    error_code: "busy",
    error_subcode: null,
    error_message: "The destination line was busy.",
  };
  const second = {
    attempt_number: 2,
    started_at: "2025-05-13T21:59:15Z",
    error_code: null,
    error_subcode: null,
    error_message: null,
  };
  const notAFaxLine = {
    error_code: "invalid_number",
    error_subcode: null,
    error_message: "The number is not a fax line.",
  };
  const balance = {
    environment_id: "env_5dPq8VtN3yKw7RzM2bLh6J",
    available: 4550,
    held: 450,
    currency: "USD",
  };
  const SAMPLES = {
    "fax.queued": {
      created: 1747173500,
      object: {
        ...common,
        status: "queued",
        pages: null,
        attempts: [],
        submitted_at: null,
        completed_at: null,
        updated_at: "2025-05-13T21:58:20Z",
      },
    },
    "fax.sending": {
      created: 1747173555,
      object: {
        ...common,
        status: "in_progress",
        pages: 3,
        attempts: [busy, { ...second, completed_at: null, duration_ms: null }],
        submitted_at: "2025-05-13T21:58:22Z",
        completed_at: null,
        updated_at: "2025-05-13T21:59:15Z",
      },
    },
    "fax.delivered": {
      created: 1747173600,
      object: {
        ...common,
        status: "delivered",
        pages: 3,
        attempts: [busy, { ...second, completed_at: "2025-05-13T22:00:00Z", duration_ms: 45000 }],
        submitted_at: "2025-05-13T21:58:22Z",
        completed_at: "2025-05-13T22:00:00Z",
        updated_at: "2025-05-13T22:00:00Z",
      },
    },
    "fax.failed": {
      created: 1747173600,
      object: {
        ...common,
        ...notAFaxLine,
        id: "fax_2nLw6CqY8rJt4MzD5kXg9P",
        status: "failed",
        to: "+15005550008",
        pages: 1,
        attempts: [
          {
            attempt_number: 1,
            started_at: "2025-05-13T21:59:30Z",
            completed_at: "2025-05-13T22:00:00Z",
            duration_ms: 30000,
            ...notAFaxLine,
          },
        ],
        idempotency_key: null,
        tags: {},
        // The contract's is a second later. Ours is 2 s after `created_at` in all events, as in its other samples.
        submitted_at: "2025-05-13T21:59:27Z",
        completed_at: "2025-05-13T22:00:00Z",
        created_at: "2025-05-13T21:59:25Z",
        updated_at: "2025-05-13T22:00:00Z",
      },
    },
    "balance.low": { created: 1747173600, object: balance },
    "balance.topup": { created: 1747173600, object: balance },
  };

  test.each(EVENT_TYPES)("%s", (type) => {
    const { created, object } = SAMPLES[type];
    const ids =
      "id" in object
        ? { id: object.id, idempotency_key: object.idempotency_key }
        : { environment_id: object.environment_id };
    const event = eventFixture(type, { id: "evt_1", created, data: { object: ids } });
    // JSON is what goes over the wire: a member that is undefined would be missing there.
    expect(JSON.parse(JSON.stringify(event))).toEqual({ id: "evt_1", type, created, data: { object } });
  });
});

test.each(EVENT_TYPES)("%s is accepted by a receiver, and its handler sees it", async (type) => {
  const event = eventFixture(type, { data: { object: {} } });
  const seen: unknown[] = [];
  const webhooks = createFetchHandler({ secret: SECRET }).on(type, (received: MintfaxEvent) =>
    seen.push(received),
  );
  const { headers, body } = signDelivery(event, { secret: SECRET });
  const response = await webhooks(new Request("https://localhost/", { method: "POST", headers, body }));
  expect([response.status, await response.json()]).toEqual([200, { outcome: "processed", id: event.id }]);
  expect(seen).toEqual([event]);
});

test("ids are fresh on every call, in mintfax's form", () => {
  const events = Array.from({ length: 100 }, () => eventFixture("fax.delivered"));
  expect(new Set(events.map((event) => event.id)).size).toBe(100);
  expect(new Set(events.map((event) => event.data.object.id)).size).toBe(100);
  for (const event of events) {
    expect(event.id).toMatch(/^evt_[A-Za-z0-9]{22}$/);
    expect(event.data.object.id).toMatch(/^fax_[A-Za-z0-9]{22}$/);
  }
});

test("created is now, in seconds", () => {
  const before = Math.floor(Date.now() / 1000);
  const { created, data } = eventFixture("fax.delivered");
  expect(Number.isInteger(created)).toBe(true);
  expect(created).toBeGreaterThanOrEqual(before);
  expect(created).toBeLessThanOrEqual(Date.now() / 1000);
  expect(Date.parse(data.object.completed_at)).toBe(created * 1000);
});

describe("overrides", () => {
  test("objects merge, arrays and other values replace", () => {
    const attempts: FaxAttempt[] = [];
    const event = eventFixture("fax.delivered", {
      data: { object: { pages: 7, csid: "CLINIC", tags: { patient: "p1" }, attempts } },
    });
    expect(event.data.object).toMatchObject({ pages: 7, csid: "CLINIC", status: "delivered" });
    expect(event.data.object.tags).toEqual({ order: "1042", patient: "p1" });
    expect(event.data.object.attempts).toEqual([]);
  });

  test("null replaces, undefined changes nothing", () => {
    const nothing = { pages: undefined, tags: { order: undefined, patient: undefined } } as object;
    expect(eventFixture("fax.sending", { data: { object: { pages: null } } }).data.object.pages).toBeNull();
    const { pages, tags } = eventFixture("fax.sending", { data: { object: nothing } }).data.object;
    expect([pages, Object.entries(tags)]).toEqual([3, [["order", "1042"]]]);
  });

  test("keys that lead to a prototype are ordinary keys", () => {
    const tags: Record<string, string> = JSON.parse('{"__proto__":"a","constructor":"b","toString":"c"}');
    const event = eventFixture("fax.queued", { data: { object: { tags } } });
    expect(JSON.stringify(event.data.object.tags)).toBe(
      '{"order":"1042","__proto__":"a","constructor":"b","toString":"c"}',
    );
    const polluting: object = JSON.parse('{"__proto__":{"polluted":true},"constructor":{"polluted":true}}');
    eventFixture("fax.queued", { data: { object: polluting } });
    expect([{}, Object].map((object) => "polluted" in object)).toEqual([false, false]);
  });

  test("are not changed, and one call's result does not leak into the next", () => {
    const overrides: EventOverrides<"fax.failed"> = { data: { object: { tags: { order: "7" } } } };
    const before = structuredClone(overrides);
    const first = eventFixture("fax.failed", overrides);
    Object.assign(first.data.object.tags, { order: "8" });
    expect(overrides).toEqual(before);
    expect(eventFixture("fax.failed").data.object.tags).toEqual({});
  });
});

describe("fields that are not overridden follow those that are", () => {
  const failed = (object: NonNullable<EventOverrides<"fax.failed">["data"]>["object"]) =>
    eventFixture("fax.failed", { data: { object: object ?? {} } }).data.object;
  const codes = ({ attempts }: { attempts: readonly FaxAttempt[] }) =>
    attempts.map(({ error_code }) => error_code);

  test("error_code: message, attempts, and a number that fails so in mintfax's sandbox", () => {
    const fax = failed({ error_code: "busy" });
    expect(fax).toMatchObject({ to: "+15005550002", error_message: "The destination line was busy." });
    expect(codes(fax)).toEqual(["busy", "busy", "busy"]);
    expect(fax.attempts.map(({ error_message }) => error_message)).toEqual(Array(3).fill(fax.error_message));
    expect(codes(failed({ error_code: "no_route" }))).toEqual(["no_route"]);
    const unknown = failed({ error_code: "a_new_code" });
    expect([unknown.to, unknown.error_message]).toEqual(["+12125551234", "The fax failed."]);
  });

  test("to, where it is a number of the sandbox", () => {
    const object = { to: "+15005550005" };
    expect([failed(object).error_code, ...codes(failed(object))]).toEqual(Array(4).fill("line_quality"));
    const delivered = (to: string) => eventFixture("fax.delivered", { data: { object: { to } } }).data.object;
    expect([delivered("+15005550001").pages, codes(delivered("+15005550001"))]).toEqual([1, [null]]);
    expect([delivered("+15005550004").pages, codes(delivered("+15005550004"))]).toEqual([3, ["busy", null]]);
    expect([delivered("+15005550007").pages, codes(delivered("+15005550007"))]).toEqual([3, [null]]);
    const sending = eventFixture("fax.sending", { data: { object: { to: "+15005550003" } } }).data.object;
    expect(codes(sending)).toEqual(["no_answer", null]);
    // Nothing that mintfax would send, and taken as it is.
    expect(failed({ to: "+15005550001" })).toMatchObject({
      to: "+15005550001",
      error_code: "invalid_number",
    });
  });

  test("no history of attempts is longer than max_attempts", () => {
    expect(codes(failed({ error_code: "busy", max_attempts: 5 }))).toEqual(Array(5).fill("busy"));
    const object = { max_attempts: 1 };
    expect(codes(failed({ error_code: "busy", ...object }))).toEqual(["busy"]);
    expect(codes(eventFixture("fax.sending", { data: { object } }).data.object)).toEqual([null]);
    expect(codes(eventFixture("fax.delivered", { data: { object } }).data.object)).toEqual([null]);
  });

  test("attempts: the fax fails as the last of them did", () => {
    const [attempt] = failed({ error_code: "timeout" }).attempts;
    const fax = failed({ attempts: attempt ? [attempt] : [] });
    expect(fax).toMatchObject({ error_code: "timeout", error_message: "The attempt took too long." });
  });

  test.each(["fax.queued", "fax.sending", "fax.delivered", "fax.failed"] as const)(
    "created: every time of %s",
    (type) => {
      const object = { error_code: type === "fax.failed" ? "no_answer" : null, max_attempts: 4 } as object;
      const fax = eventFixture(type, { created: 1_747_173_600, data: { object } }).data.object;
      const times = [
        fax.created_at,
        fax.submitted_at,
        ...fax.attempts.flatMap(({ started_at, completed_at }) => [started_at, completed_at]),
      ].filter((time) => time !== null);
      expect(times).toEqual(times.toSorted());
      expect(fax.updated_at).toBe("2025-05-13T22:00:00Z");
      expect(times.at(-1)).toBe(fax.updated_at);
      expect(fax.completed_at).toBe(isTerminal({ type } as MintfaxEvent) ? fax.updated_at : null);
    },
  );

  test("an override that no field follows changes nothing else", () => {
    const ids = { id: "fax_1", idempotency_key: "key" };
    const created = 1_747_173_600;
    const { data: plain } = eventFixture("fax.delivered", { created, data: { object: ids } });
    const { data } = eventFixture("fax.delivered", { created, data: { object: { ...ids, pages: 40 } } });
    expect(data.object).toEqual({ ...plain.object, pages: 40 });
  });
});

test("types", () => {
  expectTypeOf(eventFixture("fax.delivered")).toEqualTypeOf<EventOf<"fax.delivered">>();
  expectTypeOf(eventFixture("fax.failed").data.object.error_code).toEqualTypeOf<FaxErrorCode>();
  expectTypeOf(eventFixture("balance.low").data.object.available).toEqualTypeOf<number>();
  eventFixture("fax.failed", { data: { object: { error_code: "a_new_code", attempts: [] } } });
  // @ts-expect-error no such event
  expect(() => eventFixture("fax.received")).toThrow('mintfax does not document the event "fax.received"');
  // @ts-expect-error a delivered fax has no error code
  eventFixture("fax.delivered", { data: { object: { error_code: "busy" } } });
  // @ts-expect-error the type follows from the first argument
  expect(() => eventFixture("fax.delivered", { type: "fax.failed" })).toThrow('"type" is not an option');
});
