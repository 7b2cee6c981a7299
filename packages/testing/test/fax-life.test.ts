import {
  createFetchHandler,
  eventOrder,
  type FaxAttempt,
  type FaxDeliveredEvent,
  type FaxEvent,
  type FaxFailedEvent,
  isTerminal,
} from "@mintfax-webhooks/core";
import {
  createTestSender,
  type FaxLife,
  FaxLifeError,
  type FaxLifeOptions,
  faxLife,
} from "@mintfax-webhooks/testing";
import { describe, expect, expectTypeOf, test } from "vitest";
import { SECRET } from "./support/secrets.ts";

const types = ({ events }: FaxLife) => events.map(({ type }) => type.slice("fax.".length)).join(" ");
const codes = ({ terminal }: FaxLife) => terminal.data.object.attempts.map(({ error_code }) => error_code);

describe("the parts of a delivery", () => {
  test.each<[FaxLifeOptions, string, (string | null)[]]>([
    [{}, "queued sending delivered", [null]],
    [{ outcome: "delivered" }, "queued sending delivered", [null]],
    [
      { outcome: "delivered", attempts: 3 },
      "queued sending sending sending delivered",
      ["busy", "busy", null],
    ],
    [{ outcome: "delivered", errorCode: "timeout" }, "queued sending sending delivered", ["timeout", null]],
    [{ outcome: "failed" }, "queued sending sending sending failed", ["busy", "busy", "busy"]],
    [{ errorCode: "no_answer", attempts: 2 }, "queued sending sending failed", ["no_answer", "no_answer"]],
    [{ errorCode: "timeout", maxAttempts: 1 }, "queued sending failed", ["timeout"]],
    [{ errorCode: "invalid_number" }, "queued sending failed", ["invalid_number"]],
    [{ errorCode: "bad_destination", maxAttempts: 5 }, "queued sending failed", ["bad_destination"]],
    [{ errorCode: "NO_ROUTE", attempts: 1 }, "queued sending failed", ["NO_ROUTE"]],
    [
      { errorCode: "a_new_code", attempts: 2, maxAttempts: 4 },
      "queued sending sending failed",
      ["a_new_code", "a_new_code"],
    ],
  ])("%j", (options, expected, errorCodes) => {
    const life: FaxLife = faxLife(options);
    expect(types(life)).toBe(expected);
    expect(codes(life)).toEqual(errorCodes);
  });

  test.each<[string, string, (string | null)[], number]>([
    ["+15005550001", "queued sending delivered", [null], 1],
    ["+15005550002", "queued sending sending sending failed", ["busy", "busy", "busy"], 3],
    ["+15005550003", "queued sending sending sending failed", ["no_answer", "no_answer", "no_answer"], 3],
    ["+15005550004", "queued sending sending delivered", ["busy", null], 3],
    [
      "+15005550005",
      "queued sending sending sending failed",
      ["line_quality", "line_quality", "line_quality"],
      3,
    ],
    ["+15005550007", "queued sending delivered", [null], 3],
    ["+15005550008", "queued sending failed", ["invalid_number"], 3],
  ])("the sandbox's %s", (to, expected, errorCodes, pages) => {
    const life: FaxLife = faxLife({ to });
    expect(types(life)).toBe(expected);
    expect(codes(life)).toEqual(errorCodes);
    expect(life.terminal.data.object).toMatchObject({ to, pages, max_attempts: 3 });
  });

  test("a sandbox number with other options", () => {
    expect(types(faxLife({ to: "+15005550002", maxAttempts: 5 }))).toBe(
      `queued${" sending".repeat(5)} failed`,
    );
    expect(types(faxLife({ to: "+15005550002", attempts: 2 }))).toBe("queued sending sending failed");
    const late: FaxLife = faxLife({ to: "+15005550004", attempts: 4, errorCode: "line_quality" });
    expect(codes(late)).toEqual(["line_quality", "line_quality", "line_quality", null]);
    expect(late.terminal.data.object.max_attempts).toBe(4);
  });

  test("its parts are its events", () => {
    const { faxId, events, queued, sending, terminal } = faxLife({ to: "+15005550004" });
    expect([queued, ...sending, terminal]).toEqual(events);
    expect(new Set(events.map(({ data }) => data.object.id))).toEqual(new Set([faxId]));
  });
});

/** Every rule of the contract's sections 5 and 6 that a reader of the events could notice broken. */
function expectConsistent({ events, terminal }: FaxLife): void {
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  for (const { id } of events) expect(id).toMatch(/^evt_[A-Za-z0-9]{22}$/);
  const orders = events.map(eventOrder);
  expect(orders).toEqual(orders.toSorted((a, b) => a - b));
  expect(new Set(orders).size).toBe(orders.length);
  expect(events.map(isTerminal)).toEqual(events.map((event) => event === terminal));

  const last = terminal.data.object;
  const constant = ({
    to,
    tags,
    max_attempts,
    idempotency_key,
    csid,
    created_at,
  }: FaxEvent["data"]["object"]) => {
    return { to, tags, max_attempts, idempotency_key, csid, created_at };
  };
  events.forEach((event, index) => {
    const fax = event.data.object;
    expect(constant(fax)).toEqual(constant(last));
    expect(Date.parse(fax.updated_at)).toBe(event.created * 1000);
    expect(fax.attempts).toHaveLength(Math.min(index, last.attempts.length));
    if (event.type === "fax.queued") {
      expect(fax).toMatchObject({ status: "queued", pages: null, submitted_at: null, completed_at: null });
      expect(fax.created_at).toBe(fax.updated_at);
    } else {
      expect(fax.pages).toBe(last.pages);
      expect(fax.submitted_at).toBe(last.submitted_at);
    }
    if (event.type === "fax.sending") {
      const running = fax.attempts.at(-1);
      expect(fax).toMatchObject({ status: "in_progress", completed_at: null, error_code: null });
      expect(running).toMatchObject({ completed_at: null, duration_ms: null, error_code: null });
      expect(running?.started_at).toBe(last.attempts[index - 1]?.started_at);
      expect(fax.attempts.slice(0, -1)).toEqual(last.attempts.slice(0, index - 1));
    }
  });

  const final = last.attempts.at(-1) as FaxAttempt;
  expect(last.attempts.map(({ attempt_number }) => attempt_number)).toEqual(
    last.attempts.map((_, i) => i + 1),
  );
  expect(last.completed_at).toBe(final.completed_at);
  expect([last.error_code, last.error_message]).toEqual([final.error_code, final.error_message]);
  expect(last.status).toBe(final.error_code === null ? "delivered" : "failed");
  let before = Date.parse(last.submitted_at ?? "");
  expect(before).toBeGreaterThan(Date.parse(last.created_at));
  for (const { started_at, completed_at, duration_ms } of last.attempts) {
    expect(Date.parse(started_at)).toBeGreaterThan(before);
    before = Date.parse(completed_at ?? "");
    expect(before - Date.parse(started_at)).toBe(duration_ms);
  }
}

describe("the events of a life fit together", () => {
  const some: FaxLifeOptions[] = [
    {},
    ...[1, 2, 3, 4, 5].map((attempts) => ({ outcome: "delivered" as const, attempts })),
    ...[1, 2, 3, 4, 5].map((attempts) => ({ outcome: "failed" as const, attempts })),
    ...["timeout", "invalid_number", "bad_destination", "no_route", "a_new_code"].map((errorCode) => ({
      errorCode,
    })),
    ...[1, 2, 3, 4, 5, 7, 8].map((digit) => ({ to: `+1500555000${digit}` })),
    {
      queuedAt: 1_747_173_500,
      pages: 12,
      tags: {},
      fax: { id: "fax_1", csid: "CLINIC", idempotency_key: null },
    },
  ];
  test.each(some)("%j", (options) => {
    const life: FaxLife = faxLife(options);
    expectConsistent(life);
    // JSON is what goes over the wire: a member that is undefined would be missing there.
    expect(JSON.parse(JSON.stringify(life.events))).toEqual(life.events);
  });

  test("agrees with the contract's sample of a fax that is delivered by its second attempt", () => {
    const { events } = faxLife({ to: "+15005550004", queuedAt: 1_747_173_500 });
    expect(events.map(({ created }) => created)).toEqual([
      1_747_173_500, 1_747_173_505, 1_747_173_555, 1_747_173_600,
    ]);
  });
});

test("options that are the same in every event", () => {
  const { events, faxId } = faxLife({
    pages: 12,
    tags: { patient: "p1" },
    fax: { id: "fax_1", idempotency_key: "key", webhook_url: "https://example.org/", resolution: "fine" },
  });
  expect(faxId).toBe("fax_1");
  for (const { data } of events) {
    expect(data.object).toMatchObject({ id: "fax_1", idempotency_key: "key", resolution: "fine" });
    expect(data.object.tags).toEqual({ patient: "p1" });
  }
  expect(events.map(({ data }) => data.object.pages)).toEqual([null, 12, 12]);
});

test("by default the last event is now, and ids are fresh", () => {
  const before = Math.floor(Date.now() / 1000);
  const { terminal, faxId } = faxLife({ outcome: "failed" });
  expect(terminal.created).toBeGreaterThanOrEqual(before);
  expect(terminal.created).toBeLessThanOrEqual(Date.now() / 1000);
  expect(faxLife().faxId).not.toBe(faxId);
});

describe("refuses a life that mintfax would not send", () => {
  test.each<[FaxLifeOptions, FaxLifeError["code"], string]>([
    [{ to: "+15005550006" }, "no_events", "402, insufficient balance"],
    [{ to: "+15005550099", outcome: "failed" }, "no_events", "422, validation failure"],
    [{ to: "+15005550008", outcome: "delivered" }, "options_contradict", "is always failed"],
    [{ to: "+15005550001", outcome: "failed" }, "options_contradict", "is always delivered"],
    [{ to: "+15005550002", errorCode: "timeout" }, "options_contradict", 'always fails with "busy"'],
    [{ to: "+15005550007", pages: 4 }, "options_contradict", "always has 3"],
    [{ to: "+15005550001", attempts: 2 }, "options_contradict", "by its first attempt"],
    [{ to: "+15005550001", errorCode: "busy" }, "options_contradict", "no attempt fails"],
    [{ to: "+15005550004", attempts: 1 }, "options_contradict", "by a later one"],
    [{ to: "+15005550004", maxAttempts: 1 }, "options_contradict", "`maxAttempts` is 1"],
    [{ to: "+15005550008", attempts: 2 }, "options_contradict", 'no further attempt after "invalid_number"'],
    [{ errorCode: "no_route", attempts: 3 }, "options_contradict", 'no further attempt after "no_route"'],
    [{ outcome: "delivered", errorCode: "no_route" }, "options_contradict", "cannot be delivered"],
    [{ outcome: "delivered", errorCode: "busy", attempts: 1 }, "options_contradict", "no attempt fails"],
    [
      { outcome: "failed", attempts: 2, maxAttempts: 3 },
      "options_contradict",
      "until `maxAttempts`, which is 3",
    ],
    [{ outcome: "delivered", attempts: 3, maxAttempts: 2 }, "options_contradict", "`maxAttempts` is 2"],
    [{ errorCode: "a_new_code", attempts: 3, maxAttempts: 2 }, "options_contradict", "`maxAttempts` is 2"],
    [{ attempts: 6 }, "option_out_of_bounds", "from 1 to 5"],
    [{ attempts: 0 }, "option_out_of_bounds", "from 1 to 5"],
    [{ maxAttempts: 1.5 }, "option_out_of_bounds", "from 1 to 5"],
    [{ pages: 0 }, "option_out_of_bounds", "a whole number from 1."],
  ])("%j", (options, code, message) => {
    let thrown: unknown;
    try {
      faxLife(options);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(FaxLifeError);
    expect(thrown).toMatchObject({ name: "FaxLifeError", code, message: expect.stringContaining(message) });
    expect((thrown as Error).message).not.toMatch(/\+\d{6}/);
  });
});

test("a receiver takes every event of it", async () => {
  const seen: FaxEvent[] = [];
  const to = createFetchHandler({ secret: SECRET }).on("fax.*", (event) => seen.push(event as FaxEvent));
  const sender = createTestSender({ secret: SECRET, to });
  const { events } = faxLife({ outcome: "failed" });
  for (const event of events) expect((await sender.attempt(event)).status).toBe(200);
  expect(seen).toEqual(events);
});

test("types", () => {
  expectTypeOf(faxLife().terminal).toEqualTypeOf<FaxDeliveredEvent>();
  expectTypeOf(faxLife({ attempts: 2, pages: 7 }).terminal).toEqualTypeOf<FaxDeliveredEvent>();
  expectTypeOf(faxLife({ to: "+15005550004" }).terminal).toEqualTypeOf<FaxDeliveredEvent>();
  expectTypeOf(faxLife({ to: "+15005550008", pages: 2 }).terminal).toEqualTypeOf<FaxFailedEvent>();
  expectTypeOf(faxLife({ outcome: "failed" }).terminal).toEqualTypeOf<FaxFailedEvent>();
  expectTypeOf(
    faxLife({ outcome: "delivered", to: "+4930123456" }).terminal,
  ).toEqualTypeOf<FaxDeliveredEvent>();
  expectTypeOf(faxLife({ errorCode: "no_route" }).terminal.data.object.status).toEqualTypeOf<"failed">();
  const elsewhere = faxLife({ to: "+4930123456", errorCode: "timeout" });
  expectTypeOf(elsewhere.terminal).toEqualTypeOf<FaxFailedEvent>();
  const number: string = "+12125551234";
  expectTypeOf(faxLife({ to: number }).terminal).toEqualTypeOf<FaxDeliveredEvent | FaxFailedEvent>();
  const options: FaxLifeOptions = {};
  expectTypeOf(faxLife(options).terminal).toEqualTypeOf<FaxDeliveredEvent | FaxFailedEvent>();
  // @ts-expect-error no such option
  expect(() => faxLife({ error_code: "busy" })).toThrow("Did you mean errorCode?");
  // @ts-expect-error no such end
  expect(() => faxLife({ outcome: "sent" })).toThrow();
});
