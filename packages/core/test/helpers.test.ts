import { adviceFor, EVENT_TYPES, eventOrder, isKnownEvent, isTerminal } from "@mintfax-webhooks/core";
import { eventFixture } from "@mintfax-webhooks/testing";
import { describe, expect, test } from "vitest";

test("isTerminal", () => {
  const terminal = EVENT_TYPES.filter((type) => isTerminal(eventFixture(type)));
  expect(terminal).toEqual(["fax.delivered", "fax.failed"]);
});

test("isKnownEvent", () => {
  const event = eventFixture("fax.failed");
  const known = [...EVENT_TYPES, "fax.cancelled", "FAX.FAILED"].filter((type) =>
    isKnownEvent({ ...event, type }),
  );
  expect(known).toEqual(EVENT_TYPES);
});

describe("eventOrder", () => {
  const created = 1_747_173_600;
  const sending = (attempts: number) =>
    eventFixture("fax.sending", {
      created,
      data: {
        object: {
          attempts: Array.from({ length: attempts }, (_, i) => ({ attempt_number: i + 1 })) as never,
        },
      },
    });
  const life = [
    eventFixture("fax.queued", { created }),
    sending(1),
    sending(2),
    sending(3),
    eventFixture("fax.delivered", { created }),
    eventFixture("fax.queued", { created: created + 1 }),
  ];

  test("grows along a life, also within one second", () => {
    const orders = life.map(eventOrder);
    expect(orders).toEqual([...orders].sort((a, b) => a - b));
    expect(new Set(orders).size).toBe(life.length);
    expect(orders.every(Number.isSafeInteger)).toBe(true);
  });

  test("no number of attempts passes the terminal event", () => {
    expect(eventOrder(sending(50))).toBeLessThan(eventOrder(eventFixture("fax.failed", { created })));
  });

  test.each([
    ["without attempts", {}],
    ["with an empty list of attempts", { attempts: [] }],
  ])("a sending event %s still comes after queued", (_, object) => {
    const bare = { ...sending(1), data: { object } };
    expect(eventOrder(bare)).toBeGreaterThan(eventOrder(eventFixture("fax.queued", { created })));
  });
});

describe("adviceFor", () => {
  test.each([
    ["busy", "resubmit_later"],
    ["no_answer", "resubmit_later"],
    ["line_quality", "resubmit"],
    ["timeout", "resubmit"],
    ["no_route", "resubmit_later"],
    ["invalid_number", "fix_number"],
    ["bad_destination", "stop"],
    ["INVALID_NUMBER", "fix_number"],
    ["something_new", "unknown"],
    ["constructor", "unknown"],
    ["", "unknown"],
    [null, "unknown"],
  ])("%s: %s", (code, advice) => {
    expect(adviceFor(code)).toBe(advice);
  });
});
