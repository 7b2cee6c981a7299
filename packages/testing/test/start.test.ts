import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  createManualClock,
  createTestSender,
  eventFixture,
  faxLife,
  recordEvents,
} from "@mintfax-webhooks/testing";
import { describe, expect, test } from "vitest";
import { SECRET } from "./support/secrets.ts";

describe("start", () => {
  test("does not keep the process alive by the wait for a retry", async () => {
    const program = join(import.meta.dirname, "support/start-and-end.ts");
    const { stdout } = await promisify(execFile)(process.execPath, ["--conditions=source", program], {
      // The next attempts are due after 10 and 110 s.
      timeout: 50_000,
    });
    expect(stdout).toBe("attempt\n");
  });

  test("ends its schedule when its signal aborts, between attempts and during one", async () => {
    const clock = createManualClock();
    const giveUp = new AbortController();
    let attempts = 0;
    const to = async (): Promise<Response> => {
      attempts += 1;
      if (attempts === 3) giveUp.abort();
      return new Response(null, { status: 500 });
    };
    const sender = createTestSender({ secret: SECRET, to, clock });
    const { signal } = giveUp;
    const report = await clock.runUntil(sender.start(eventFixture("fax.queued"), { signal }).done);
    expect(report).toMatchObject({
      accepted: false,
      attempts: [{ status: 500 }, { status: 500 }, { status: 500 }],
    });

    const early = new AbortController();
    const waiting = sender.start(eventFixture("fax.queued"), { signal: early.signal });
    await clock.advance(1_000);
    early.abort();
    expect((await waiting.done).attempts).toHaveLength(1);
  });
});

describe("numbers and outcomes that are none", () => {
  test.each([
    ["timeoutMs", { timeoutMs: Number.NaN }],
    ["timeoutMs", { timeoutMs: -1 }],
    ["timeScale", { timeScale: Number.POSITIVE_INFINITY }],
  ])("createTestSender refuses %s: %o", (name, options) => {
    expect(() => createTestSender({ secret: SECRET, to: "http://127.0.0.1:1", ...options })).toThrow(name);
  });

  test("faxLife refuses an outcome and a time that are none", () => {
    expect(() => faxLife({ outcome: "bogus" as never })).toThrow(
      '`outcome` is "bogus"; expected "delivered" or "failed".',
    );
    expect(() => faxLife({ queuedAt: Number.NaN })).toThrow("`queuedAt` is NaN");
    expect(() => faxLife({ queuedAt: 1.5 })).toThrow("`queuedAt` is 1.5");
  });

  test.each(["+15005550006", "+15005550099"])("eventFixture has no event of a fax to %s", (to) => {
    for (const type of ["fax.queued", "fax.failed"] as const) {
      expect(() => eventFixture(type, { data: { object: { to } } })).toThrow(`number ...${to.slice(-4)}`);
    }
  });

  test("a failed fax without an error code has no message about one", () => {
    const { data } = eventFixture("fax.failed", { data: { object: { error_code: null as never } } });
    expect(data.object).toMatchObject({ error_code: null, error_subcode: null, error_message: null });
  });
});

test("recordEvents keeps events as they came, and counts the runs of each", () => {
  const seen = recordEvents({ failures: 1 });
  const event = eventFixture("fax.delivered");
  expect(() => seen.handler(event)).toThrow("run 1 fails");
  (event.data.object as { pages: number }).pages = 99;
  seen.handler(event);
  expect(seen.of("fax.delivered").map(({ data }) => data.object.pages)).toEqual([3, 99]);
});
