import { readKept } from "@mintfax-webhooks/core/adapter";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const LIMITS = { limitBytes: 10, timeoutMs: 1_000 };
const BYTES = new TextEncoder().encode("0123456789");

test.each([
  ["a buffer", BYTES.buffer],
  ["a view", new DataView(BYTES.buffer)],
  ["a Blob", new Blob([BYTES])],
])("the bytes that a framework keeps as %s are taken, up to the limit", async (_, kept) => {
  expect(Buffer.from(await readKept(Promise.resolve(kept), LIMITS))).toEqual(Buffer.from(BYTES));
  await expect(readKept(Promise.resolve(kept), { ...LIMITS, limitBytes: 9 })).rejects.toMatchObject({
    code: "body_too_large",
  });
  expect(vi.getTimerCount()).toBe(0);
});

test.each<[string, () => Promise<unknown>, string]>([
  [
    "a TypeError, as of a body that was read before",
    () => Promise.reject(new TypeError("Body is unusable")),
    "body_already_parsed",
  ],
  ["a connection that ended", () => Promise.reject(new Error("aborted")), "body_incomplete"],
  ["text", () => Promise.resolve("0123456789"), "body_already_parsed"],
  ["nothing", () => Promise.resolve(undefined), "body_already_parsed"],
])("%s is refused", async (_, kept, code) => {
  await expect(readKept(kept() as Promise<ArrayBuffer>, LIMITS)).rejects.toMatchObject({ code });
});

test("a transferred buffer is a body that was read before, and the fix is said", async () => {
  const view = new DataView(new ArrayBuffer(10));
  structuredClone(view, { transfer: [view.buffer] });
  await expect(readKept(Promise.resolve(view), LIMITS)).rejects.toMatchObject({
    code: "body_already_parsed",
    message: expect.stringContaining("Mount the receiver before code that reads the body"),
  });
});

test.each([
  ["a framework that never has the body", new Promise<ArrayBuffer>(() => {})],
  ["a Blob that is never there", Promise.resolve({ arrayBuffer: () => new Promise(() => {}) } as Blob)],
])("%s is given up on at the time limit", async (_, kept) => {
  const read = expect(readKept(kept, LIMITS)).rejects.toMatchObject({ code: "body_timeout" });
  await vi.advanceTimersByTimeAsync(1_000);
  await read;
});
