import { mock } from "node:test";
import { createFetchHandler } from "@mintfax-webhooks/core";
import {
  createManualClock,
  createTestSender,
  eventFixture,
  NotSeenError,
  recordEvents,
} from "@mintfax-webhooks/testing";
import { afterEach, describe, expect, test, vi } from "vitest";
import { SECRET } from "./support/secrets.ts";

/** What test runners put in place of the global timers. */
const FAKES: Readonly<Record<string, { install(): void; uninstall(): void }>> = {
  "Vitest, as Jest and sinon do": {
    install: () => vi.useFakeTimers(),
    uninstall: () => vi.useRealTimers(),
  },
  "node:test": {
    install: () =>
      mock.timers.enable({ apis: ["setTimeout", "setInterval", "setImmediate", "Date"], now: Date.now() }),
    uninstall: () => mock.timers.reset(),
  },
};

describe.each(Object.entries(FAKES))("with the fake timers of %s", (_, { install, uninstall }) => {
  afterEach(uninstall);

  test("a delivery with timeScale 0 ends", async () => {
    install();
    const seen = recordEvents({ failures: 3 });
    const to = createFetchHandler({ secret: SECRET, onOutcome: () => {} }).on("*", seen.handler);
    const { attempts } = await createTestSender({ secret: SECRET, to, timeScale: 0 }).deliver(
      eventFixture("fax.failed"),
    );
    expect(attempts.map(({ status }) => status)).toEqual([500, 500, 500, 200]);
  });

  test("a manual clock moves", async () => {
    install();
    const clock = createManualClock();
    const seen = recordEvents({ failures: 1 });
    const to = createFetchHandler({ secret: SECRET, onOutcome: () => {} }).on("*", seen.handler);
    const sender = createTestSender({ secret: SECRET, to, clock });
    const report = await clock.runUntil(sender.deliver(eventFixture("fax.failed")));
    expect(report.accepted).toBe(true);
    const woken = clock.sleep(5_000);
    await clock.advance(5_000);
    await woken;
  });

  test("waitFor gives up in real time", async () => {
    install();
    await expect(recordEvents().waitFor("fax.failed", { timeoutMs: 5 })).rejects.toThrow(NotSeenError);
  });
});
