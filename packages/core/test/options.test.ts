import {
  ConfigurationError,
  createFetchHandler,
  createMemoryStore,
  createVerifier,
  type ReceiverOptions,
} from "@mintfax-webhooks/core";
import { createReceiver, splitOptions } from "@mintfax-webhooks/core/adapter";
import { checkOptions, storeTimeoutFrom } from "@mintfax-webhooks/core/store";
import { SECRET } from "test-support/receiving";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { thrownBy } from "./support/thrown-by.ts";

// What was mistaken for no option at all would be taken from here.
beforeEach(() => void vi.stubEnv("MINTFAX_WEBHOOK_SECRET", SECRET));
afterEach(() => void vi.unstubAllEnvs());

/** The message of the error that every form of a receiver throws for these options. */
function messageFor(options: unknown, code: string): string {
  const given = options as ReceiverOptions<Request>;
  const messages = [() => createReceiver(given), () => createFetchHandler(given)].map((create) => {
    const error = thrownBy(create);
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error).toMatchObject({ code });
    return (error as Error).message;
  });
  expect(messages[0]).toBe(messages[1]);
  return messages[0] ?? "";
}

describe("options that are not an object", () => {
  test.each<[string, unknown]>([
    ["a string", SECRET],
    ["a number", 300],
    ["null", null],
    ["a list", [SECRET]],
    ["a boolean", true],
  ])("%s: throws, without what was given", (kind, options) => {
    const message = messageFor(options, "option_invalid");
    expect(message).toMatch(
      new RegExp(`^The options of a receiver are ${kind}; expected an object with any of secret, `),
    );
    expect(message).not.toContain(SECRET);
  });
});

describe("an option that does not exist", () => {
  test.each([
    ["secrets", "secret"],
    ["Secret", "secret"],
    ["deadline", "deadlineMs"],
    ["deadlineMS", "deadlineMs"],
    ["toleranceSecond", "toleranceSeconds"],
    ["tolerance", "toleranceSeconds"],
    ["onOutcom", "onOutcome"],
    ["onLateOutcomes", "onLateOutcome"],
    ["bodyLimit", "bodyLimitBytes"],
    ["nameSpace", "namespace"],
    ["stores", "store"],
    // More than half of it is missing, but all that is there is right.
    ["name", "namespace"],
    ["onLate", "onLateOutcome"],
    ["devel", "development"],
  ])("%s: the nearest is named, %s", (name, nearest) => {
    expect(messageFor({ [name]: 1 }, "option_unknown")).toBe(
      `"${name}" is not an option of a receiver. Did you mean ${nearest}?`,
    );
  });

  test.each(["retries", "dev"])("%s, which is near to none: all are named", (name) => {
    expect(messageFor({ [name]: 3 }, "option_unknown")).toMatch(
      new RegExp(
        `^"${name}" is not an option of a receiver\\. Expected any of secret, store, .*development\\.$`,
      ),
    );
  });

  test("one that shares less than half of an option's characters with it: that option is not named", () => {
    expect(thrownBy(() => checkOptions({ paxyz: 1 }, ["path"], "createStore()"))).toMatchObject({
      message: '"paxyz" is not an option of createStore(). Expected any of path.',
    });
  });

  test("a name of 10,000 characters is quoted by its first 60", () => {
    expect(messageFor({ ["secret".padEnd(10_000, "x")]: 1 }, "option_unknown")).toMatch(
      /^"secretx{54}" is not an option of a receiver\. Expected any of secret, /,
    );
  });

  test("of a verifier, of adapters and of stores, all the same", () => {
    expect(thrownBy(() => createVerifier({ secrets: SECRET } as never))).toMatchObject({
      code: "option_unknown",
    });
    expect(thrownBy(() => splitOptions({ paht: "/x" } as never))).toMatchObject({
      message: '"paht" is not an option of mintfaxWebhooks(). Did you mean path?',
    });
    expect(thrownBy(() => createMemoryStore({ maxIDs: 7, retentionMS: 1 } as never))).toMatchObject({
      code: "option_unknown",
      message: expect.stringContaining("createMemoryStore()"),
    });
    expect(thrownBy(() => checkOptions({ cilent: {} }, ["client"], "createStore()"))).toMatchObject({
      message: '"cilent" is not an option of createStore(). Did you mean client?',
    });
  });
});

test.each([
  "store",
  "namespace",
  "toleranceSeconds",
  "bodyLimitBytes",
  "bodyTimeoutMs",
  "deadlineMs",
  "leaseMs",
  "onOutcome",
  "onLateOutcome",
  "telemetry",
  "development",
])("%s set to undefined throws", (name) => {
  expect(messageFor({ [name]: undefined }, "option_invalid")).toMatch(
    new RegExp(`^${name} is undefined; expected a value\\. .* To use the default, leave the option out\\.$`),
  );
});

test("a path set to undefined throws", () => {
  expect(thrownBy(() => splitOptions({ path: undefined } as never))).toMatchObject({
    code: "option_invalid",
  });
});

test.each<[string, unknown, string]>([
  [
    "namespace",
    "",
    "namespace has 0 characters; expected a text of 1 to 256 characters, none of them a control character.",
  ],
  ["namespace", "x".repeat(257), "namespace has 257 characters; expected"],
  ["namespace", "a\0b", "namespace has 3 characters; expected"],
  ["namespace", 7, "namespace is a number; expected a text"],
  ["namespace", null, "namespace is null; expected a text"],
  ["onOutcome", "console.log", "onOutcome is a string; expected a function."],
  ["onOutcome", {}, "onOutcome is an object; expected a function."],
  ["onLateOutcome", null, "onLateOutcome is null; expected a function."],
  ["telemetry", {}, "telemetry is an object; expected what createTelemetry()"],
  ["telemetry", () => {}, "telemetry is a function; expected what createTelemetry()"],
  ["telemetry", null, "telemetry is null; expected what createTelemetry()"],
  ["telemetry", { onDelivery() {} }, "telemetry is an object; expected what createTelemetry()"],
  ["telemetry", { onLateOutcome() {} }, "telemetry is an object; expected what createTelemetry()"],
  ["development", "no", "development is a string; expected true or false."],
])("%s of %o: %s", (name, value, message) => {
  expect(messageFor({ [name]: value }, "option_invalid")).toContain(message);
});

test.each<[string, unknown, string]>([
  ["toleranceSeconds", "300", "a string"],
  ["leaseMs", 45_000.5, "45000.5"],
  ["bodyLimitBytes", null, "null"],
  ["deadlineMs", Number.NaN, "NaN"],
  ["bodyTimeoutMs", 1n, "a bigint"],
])("%s of %o throws and says what it is", (name, value, given) => {
  expect(messageFor({ [name]: value }, "option_out_of_bounds")).toMatch(
    new RegExp(`^${name} is ${given}; expected a whole number from `),
  );
});

test("a namespace of 256 characters is taken", () => {
  expect(() => createReceiver({ namespace: "x".repeat(256) })).not.toThrow();
});

test("for the author of a store: a call is waited for 2,000 ms, or the 2 to 5,000 ms that the application sets", () => {
  expect(storeTimeoutFrom()).toBe(2_000);
  for (const timeoutMs of [2, 5_000]) expect(storeTimeoutFrom(timeoutMs)).toBe(timeoutMs);
  for (const timeoutMs of [1, 5_001]) {
    expect(thrownBy(() => storeTimeoutFrom(timeoutMs))).toMatchObject({
      code: "option_out_of_bounds",
      message: `timeoutMs is ${timeoutMs}; expected a whole number from 2 to 5000.`,
    });
  }
});
