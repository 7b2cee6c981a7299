import {
  createFetchHandler,
  type EventOf,
  type MintfaxEvent,
  type OutcomeRecord,
  type UnknownEvent,
} from "@mintfax-webhooks/core";
import {
  createTestSender,
  eventFixture,
  faxLife,
  NotSeenError,
  recordEvents,
  recordOutcomes,
} from "@mintfax-webhooks/testing";
import { describe, expect, expectTypeOf, test } from "vitest";
import { SECRET } from "./support/secrets.ts";

const quiet = { secret: SECRET, onOutcome: () => {} };

describe("recordEvents", () => {
  test("records the events in order, typed by type", async () => {
    const { handler, events, ids, of } = recordEvents();
    const to = createFetchHandler(quiet).on("fax.*", handler).on("*", handler);
    const sender = createTestSender({ secret: SECRET, to });
    const life = faxLife({ to: "+15005550004" });
    const low = eventFixture("balance.low");
    for (const event of [...life.events, low]) await sender.attempt(event);
    expect(events).toEqual([...life.events, low]);
    expect(ids).toEqual([...life.events, low].map(({ id }) => id));
    expect(of("fax.sending")).toEqual(life.sending);
    expect(of("fax.failed")).toEqual([]);
    expectTypeOf(of("fax.failed")).toEqualTypeOf<EventOf<"fax.failed">[]>();
  });

  test("a duplicate is recorded once, a failed run once more", async () => {
    const { handler, ids } = recordEvents({ failures: 2 });
    const to = createFetchHandler(quiet).on("*", handler);
    const sender = createTestSender({ secret: SECRET, to, timeScale: 0 });
    const [one, other] = [eventFixture("fax.delivered"), eventFixture("fax.failed")];
    const statuses = async (event: MintfaxEvent) =>
      (await sender.deliver(event)).attempts.map(({ status }) => status);
    expect(await statuses(one)).toEqual([500, 500, 200]);
    expect(await statuses(one)).toEqual([200]);
    // Each event fails so often, not the handler as a whole.
    expect(await statuses(other)).toEqual([500, 500, 200]);
    expect(ids).toEqual([one.id, one.id, one.id, other.id, other.id, other.id]);
  });

  test.each([-1, 0.5, Number.NaN])("%d failures are refused", (failures) => {
    expect(() => recordEvents({ failures })).toThrow(`\`failures\` is ${failures}`);
  });

  describe("waitFor", () => {
    const { queued, terminal } = faxLife({ outcome: "failed" });

    test("an event that comes later, by type or by predicate", async () => {
      const { handler, waitFor } = recordEvents();
      const failed = waitFor("fax.failed");
      const ofThisFax = waitFor(({ id }) => id === terminal.id);
      handler(queued);
      handler(terminal);
      expect(await failed).toEqual(terminal);
      expect(await ofThisFax).toEqual(terminal);
      expectTypeOf(failed).resolves.toEqualTypeOf<EventOf<"fax.failed">>();
      expectTypeOf(ofThisFax).resolves.toEqualTypeOf<MintfaxEvent | UnknownEvent>();
    });

    test("an event that has been seen, and the first of several", async () => {
      const { handler, waitFor } = recordEvents();
      handler(terminal);
      handler(faxLife({ outcome: "failed" }).terminal);
      expect(await waitFor("fax.failed")).toEqual(terminal);
    });

    test("an event that does not come: the error names what was seen instead, by type and id only", async () => {
      const { handler, waitFor } = recordEvents();
      const nothing = waitFor("fax.delivered", { timeoutMs: 1 });
      await expect(nothing).rejects.toThrow("fax.delivered was not seen within 1 ms. Nothing was seen.");
      handler(queued);
      const error: unknown = await waitFor(() => false, { timeoutMs: 1 }).catch((thrown) => thrown);
      expect(error).toBeInstanceOf(NotSeenError);
      expect(error).toMatchObject({
        code: "not_seen",
        message: `A match was not seen within 1 ms. Seen: fax.queued ${queued.id}.`,
      });
      for (let count = 0; count < 20; count += 1) handler(terminal);
      const many = waitFor("fax.delivered", { timeoutMs: 1 });
      await expect(many).rejects.toThrow(
        `Seen, at the end of 21: ${Array(10).fill(`fax.failed ${terminal.id}`).join(", ")}.`,
      );
    });

    test("leaves no timer behind that would keep a process alive", async () => {
      const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
      const { handler, waitFor } = recordEvents();
      const before = timers();
      const waiting = [waitFor("fax.queued"), waitFor("fax.queued"), waitFor("fax.queued")];
      expect(timers()).toBe(before + waiting.length);
      handler(queued);
      await Promise.all(waiting);
      expect(timers()).toBe(before);
    });

    test("a predicate that throws rejects waitFor, not the handler", async () => {
      const { handler, waitFor } = recordEvents();
      const waiting = waitFor(() => {
        throw new RangeError("broken");
      });
      handler(queued);
      await expect(waiting).rejects.toThrow(RangeError);
    });
  });
});

test("recordOutcomes records the outcome of each delivery, beside the user's own handlers", async () => {
  const { onOutcome, records, outcomes, of, waitFor } = recordOutcomes();
  let isDown = true;
  const to = createFetchHandler({ secret: SECRET, onOutcome }).on("fax.failed", () => {
    if (isDown) throw new Error("the database is unreachable");
  });
  const sender = createTestSender({ secret: SECRET, to });
  const event = eventFixture("fax.failed");
  const done = waitFor("processed");
  await sender.attempt(event);
  isDown = false;
  await sender.attempt(event);
  await sender.attempt(event);
  await sender.attempt(eventFixture("fax.queued"));
  await createTestSender({ secret: "whsec_YW5vdGhlci1zZWNyZXQtb2YtMjQtYnl0ZXM=", to }).attempt(event);

  expect(outcomes).toEqual(["failed", "processed", "duplicate", "unhandled", "refused"]);
  expect(records.map(({ status }) => status)).toEqual([500, 200, 200, 200, 400]);
  expect(of("failed").map(({ error }) => error)).toEqual([new Error("the database is unreachable")]);
  expect(await done).toBe(records[1]);
  expect(await waitFor(({ code }) => code === "signature_mismatch")).toBe(records[4]);
  expectTypeOf(of("failed")).toEqualTypeOf<OutcomeRecord[]>();
  await expect(waitFor("lost", { timeoutMs: 1 })).rejects.toThrow(
    "lost was not seen within 1 ms. Seen: failed fax.failed handler_failed, processed fax.failed, duplicate fax.failed, unhandled fax.queued, refused signature_mismatch.",
  );
});
