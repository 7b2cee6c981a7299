import { EVENT_TYPES } from "@mintfax-webhooks/core";
import { eventFixture, faxLife } from "@mintfax-webhooks/testing";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { describe, expect, test } from "vitest";
import { eventSchema } from "../src/openapi/events.ts";
import { openSandbox } from "./support/calls.ts";
import { faultsBy } from "./support/contract.ts";

const schemaOf = (type: string) => `/webhooks/${type}/post/requestBody/content/application~1json/schema`;

describe("the schema of each event", () => {
  test.each(EVENT_TYPES)("takes the fixture of %s, and members that mintfax adds", (type) => {
    const event = eventFixture(type);
    expect(faultsBy(schemaOf(type), event)).toBeUndefined();
    const later = { ...event, livemode: true, data: { object: { ...event.data.object, carrier: "x" } } };
    expect(faultsBy(schemaOf(type), later)).toBeUndefined();
  });

  test.each([1, 2, 3, 4, 5, 7, 8])("takes all events of the sandbox's number ...000%i", (digit) => {
    for (const event of faxLife({ to: `+1500555000${digit}` }).events) {
      expect(faultsBy(schemaOf(event.type), event)).toBeUndefined();
    }
  });

  test.each([
    ["another type", "fax.failed", "fax.delivered", {}, /type must be equal to constant/],
    ["a time with fractions", "fax.failed", "fax.failed", { created: 1.5 }, /created must be integer/],
    ["no status", "fax.failed", "fax.failed", { data: { object: { status: null } } }, /status/],
    [
      "an amount as a text",
      "balance.low",
      "balance.low",
      { data: { object: { available: "45.50" } } },
      /available must be integer/,
    ],
  ] as const)("refuses %s", (_, type, named, overrides, expected) => {
    const event = { ...eventFixture(type as "fax.failed", overrides as never), type: named };
    expect(faultsBy(schemaOf(type), event)).toMatch(expected);
  });

  test.each(EVENT_TYPES)("is a document of its own for %s", (type) => {
    const ajv = new Ajv2020.default({ strict: false });
    addFormats.default(ajv);
    expect(ajv.validate(eventSchema(type), eventFixture(type))).toBe(true);
    expect(ajv.validate(eventSchema(type), { ...eventFixture(type), created: "now" })).toBe(false);
  });
});

test("the document is served, without a key", async () => {
  const { call } = await openSandbox();
  const { status, body } = await call("GET", "/openapi.json", { headers: { authorization: "" } });
  expect(status).toBe(200);
  expect(body.openapi).toBe("3.1.0");
  expect(Object.keys(body.webhooks).sort()).toEqual([...EVENT_TYPES].sort());
});
