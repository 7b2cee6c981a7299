import { StoreUnavailableError, TimeLimit } from "@mintfax-webhooks/core/store";
import { gate } from "test-support/gate";
import { expect, test, vi } from "vitest";
import { useFakeTime } from "../support/fake-time.ts";

useFakeTime();

const UNANSWERED = new StoreUnavailableError("HeldDB has not answered within 1000 ms.");

test("an answer in time is passed on, be it a value or an error, and no timer is left", async () => {
  expect(await new TimeLimit(1_000, "HeldDB").over(Promise.resolve("rows"))).toBe("rows");
  const error = new Error("gone");
  await expect(new TimeLimit(1_000, "HeldDB").over(Promise.reject(error))).rejects.toBe(error);
  expect(vi.getTimerCount()).toBe(0);
});

test("without an answer in time, the wait ends, and the signal is aborted for the same reason", async () => {
  const limit = new TimeLimit(1_000, "HeldDB");
  const answered = limit.over(new Promise(() => {}));
  vi.advanceTimersByTime(999);
  expect(limit.signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  await expect(answered).rejects.toEqual(UNANSWERED);
  await expect(answered).rejects.toBe(limit.signal.reason);
});

test("an answer that comes later changes nothing", async () => {
  const late = gate<string>();
  const answered = new TimeLimit(1_000, "HeldDB").over(late.promise);
  vi.advanceTimersByTime(1_000);
  late.open("rows");
  await expect(answered).rejects.toEqual(UNANSWERED);
});

test("time that was over before the wait began ends it at once", async () => {
  const limit = new TimeLimit(1_000, "HeldDB");
  vi.advanceTimersByTime(1_000);
  await expect(limit.over(new Promise(() => {}))).rejects.toEqual(UNANSWERED);
});

test("while a handler works, the time stands still; after that, all of it is there again", async () => {
  const limit = new TimeLimit(1_000, "HeldDB");
  const answered = limit.over(new Promise(() => {}));
  vi.advanceTimersByTime(900);
  limit.stop();
  vi.advanceTimersByTime(60_000);
  limit.restart();
  vi.advanceTimersByTime(999);
  expect(limit.signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  await expect(answered).rejects.toEqual(UNANSWERED);
});

test("the wait can be ended for another reason", async () => {
  const limit = new TimeLimit(1_000, "HeldDB");
  const answered = limit.over(new Promise(() => {}));
  const reason = new Error("the connection broke");
  limit.abort(reason);
  await expect(answered).rejects.toBe(reason);
  expect(limit.signal.reason).toBe(reason);
});

test("a limit that nothing waits under can be ended, too", () => {
  const limit = new TimeLimit(1_000, "HeldDB");
  limit.abort(new Error("not needed"));
  limit.stop();
  expect(limit.signal.aborted).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});
