import { withinLimit } from "@mintfax-webhooks/core/store";
import { gate } from "test-support/gate";
import { expect, test, vi } from "vitest";
import { useFakeTime } from "./support/fake-time.ts";

useFakeTime();

const late = (limitMs: number) => new Error(`no answer within ${limitMs} ms`);

test("an answer within the limit is passed on, be it a value or an error, and no timer keeps the process alive", async () => {
  expect(await withinLimit(Promise.resolve("row"), 2_000, late)).toBe("row");
  expect(vi.getTimerCount()).toBe(0);
  const error = new Error("gone");
  await expect(withinLimit(Promise.reject(error), 2_000, late)).rejects.toBe(error);
  expect(vi.getTimerCount()).toBe(0);
});

test.each(["open", "fail"] as const)(
  "past the limit the wait ends, and a later answer (%s) is dropped",
  async (how) => {
    const query = gate<string>();
    const answered = withinLimit(query.promise, 2_000, late);
    vi.advanceTimersByTime(1_999);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(1);
    query[how]("too late");
    await expect(answered).rejects.toEqual(new Error("no answer within 2000 ms"));
  },
);
