/** These run in Node: what makes stores needs nothing of workerd. */
import { createD1Store, createDurableObjectStore, type D1Binding } from "@mintfax-webhooks/cloudflare";
import { SILENT_DATABASE } from "test-support/cloudflare/worker/silent-database";
import { describe, expect, test } from "vitest";

const objects = { idFromName: () => ({}), get: () => expect.fail("nothing is called") };

describe.each([
  [
    "Durable Object",
    (limits: object, missing = false) =>
      createDurableObjectStore({ binding: missing ? (undefined as never) : objects, ...limits }),
    "durable_objects.bindings",
  ],
  [
    "D1",
    (limits: object, missing = false) =>
      createD1Store({ database: missing ? (undefined as never) : (SILENT_DATABASE as D1Binding), ...limits }),
    "d1_databases",
  ],
])("%s", (_, create, setting) => {
  test("a binding that is missing is named, with where it belongs", () => {
    expect(() => create({}, true)).toThrow(expect.objectContaining({ code: "store_invalid" }));
    expect(() => create({}, true)).toThrow(setting);
  });

  test.each([3_599_999, 0, Number.NaN, 1e300, Number.POSITIVE_INFINITY])(
    "a retention of %s ms is refused",
    (retentionMs) => {
      expect(() => create({ retentionMs })).toThrow(
        expect.objectContaining({ code: "option_out_of_bounds" }),
      );
      expect(() => create({ retentionMs })).toThrow(/from 3600000 to/);
    },
  );

  test.each([0, -1, 5_001, Number.NaN])("a timeout of %s ms is refused", (timeoutMs) => {
    expect(() => create({ timeoutMs })).toThrow(expect.objectContaining({ code: "option_out_of_bounds" }));
  });

  test("an option that is misspelt, or there and undefined, is refused by name", () => {
    expect(() => create({ retention: 3_600_000 })).toThrow(/"retention" is not an option .* retentionMs\?/);
    expect(() => create({ timeoutMs: undefined })).toThrow(/timeoutMs is undefined/);
    expect(() => create({ retentionMs: "3600000" })).toThrow(
      expect.objectContaining({ code: "option_out_of_bounds" }),
    );
  });

  test("the bounds themselves are accepted", () => {
    expect(create({ retentionMs: 3_600_000, timeoutMs: 5_000 }).kind).toBe("lease");
  });
});
