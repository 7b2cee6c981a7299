import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { bullmqProcessor, bullmqQueue, bullmqWorkerOptions } from "@mintfax-webhooks/queue/bullmq";
import { createRedisStore } from "@mintfax-webhooks/redis";
import { eventFixture } from "@mintfax-webhooks/testing";
import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { gate } from "test-support/gate";
import { firing, HAS_PROMETHEUS } from "test-support/prometheus-server";
import { attempt } from "test-support/receiving";
import { HAS_REDIS, RedisServer } from "test-support/redis-server";
import { describe, expect, onTestFinished, test } from "vitest";
import { Clinic } from "./support/clinic.ts";
import { PlayedDay } from "./support/played-day.ts";

const FILES = ["catch-up.yml", "deliveries.yml", "queue.yml"].map((name) =>
  join(import.meta.dirname, "../alerts", name),
);
const NAMES = FILES.flatMap((file) =>
  [...readFileSync(file, "utf8").matchAll(/- alert: (\w+)/g)].map(([, name]) => `${name}`),
);

const GOOD_MINUTES = 60;
/** While the day is good. */
const LOOKS = [3, 10, 20, 30, 40, 50, GOOD_MINUTES - 1];

const OTHER_SECRET = "whsec_b3RoZXItc2VjcmV0LW9mLTI0LWJ5dGVzIQ==";
const never = (): Promise<never> => Promise.reject(new Error("the chart is locked"));

/** What goes wrong after a good hour. */
interface Fault {
  readonly fires: readonly string[];
  /** How long it lasts. */
  readonly minutes: number;
  readonly open?: () => Promise<Clinic>;
  /** @returns what happens in each minute from now on */
  readonly begin: (clinic: Clinic) => ((minute: number) => unknown) | Promise<(minute: number) => unknown>;
}

/** Servers that a fault needs, by clinic. */
const servers = new WeakMap<Clinic, { readonly server: RedisServer; readonly redis: Redis }>();

async function onRedis(use: "its store" | "its queue"): Promise<Clinic> {
  const server = await RedisServer.start();
  onTestFinished(() => server.stop());
  const options = { maxRetriesPerRequest: 0, enableOfflineQueue: false, retryStrategy: () => 100 };
  const redis = new Redis(server.url, options).on("error", () => {});
  onTestFinished(() => redis.disconnect());
  await new Promise((resolve) => redis.once("ready", resolve));
  const clinic = await Clinic.open(
    use === "its store" ? { store: createRedisStore({ client: redis }) } : { queue: queueOn(redis) },
  );
  if (use === "its queue") {
    const bullmqWorker = new Worker("faxes", bullmqProcessor(clinic.worker), {
      ...bullmqWorkerOptions(),
      connection: { url: server.url },
    }).on("error", () => {});
    onTestFinished(() => bullmqWorker.close(true));
  }
  servers.set(clinic, { server, redis });
  return clinic;
}

function queueOn(redis: Redis) {
  const queue = new Queue("faxes", { connection: redis }).on("error", () => {});
  onTestFinished(() => queue.close());
  return bullmqQueue(queue);
}

const FAULTS: Readonly<Record<string, Fault>> = {
  "the store's Redis is stopped": {
    fires: ["MintfaxStoreUnavailable"],
    minutes: 10,
    open: () => onRedis("its store"),
    begin: async (clinic) => {
      await servers.get(clinic)?.server.kill();
      return async (minute) => {
        // Each waits for the store for 5 s.
        if (minute % 3 === 0) await clinic.webhooks(attempt());
        await clinic.handOffAndWork();
        await clinic.watchAndCatchUp(minute);
      };
    },
  },
  "a body parser runs in front of the receiver": {
    fires: ["MintfaxMisconfigured"],
    minutes: 1,
    begin: (clinic) => async (minute) => {
      await clinic.usual(minute);
      const request = attempt();
      await request.json();
      await clinic.webhooks(request);
    },
  },
  "the receivers have another endpoint's secret": {
    fires: ["MintfaxAllRefused"],
    minutes: 18,
    begin: (clinic) => {
      clinic.secret = OTHER_SECRET;
      return (minute) => clinic.usual(minute);
    },
  },
  "Redis forgets a claim while the handler works": {
    fires: ["MintfaxDeliveryLost"],
    minutes: 2,
    open: () => onRedis("its store"),
    begin: (clinic) => {
      clinic.handle = () => servers.get(clinic)?.redis.flushall();
      return (minute) => clinic.usual(minute);
    },
  },
  "Redis is stopped while a handler works, and then the process is": {
    fires: ["MintfaxUnrecorded"],
    minutes: 1,
    open: () => onRedis("its store"),
    begin: (clinic) => async () => {
      clinic.handle = () => servers.get(clinic)?.server.kill();
      await clinic.webhooks(attempt());
      await clinic.webhooks.drain();
    },
  },
  "work of waitUntil fails": {
    fires: ["MintfaxBackgroundFailed"],
    minutes: 2,
    begin: (clinic) => {
      clinic.handle = (_, { waitUntil }) => waitUntil(never());
      return (minute) => clinic.usual(minute);
    },
  },
  "a handler throws for every second event": {
    fires: ["MintfaxHandlersFail"],
    minutes: 10,
    begin: (clinic) => {
      let events = 0;
      clinic.handle = () => (++events % 2 === 0 ? never() : undefined);
      return (minute) => clinic.usual(minute);
    },
  },
  "a handler hangs": {
    fires: ["MintfaxHandlersTimeOut"],
    minutes: 10,
    open: () => Clinic.open({ deadlineMs: 50 }),
    begin: (clinic) => {
      const settles = gate();
      onTestFinished(() => settles.open());
      clinic.handle = () => settles.promise;
      return (minute) => clinic.usual(minute);
    },
  },
  "handlers take 13 s": {
    fires: ["MintfaxHandlersSlow"],
    minutes: 24,
    begin: async (clinic) => {
      const slow = Array.from({ length: 4 }, () => ({ event: eventFixture("fax.delivered"), turn: gate() }));
      const turns = new Map(slow.map(({ event, turn }) => [event.id, turn.promise]));
      clinic.handle = async (id) => {
        if (turns.has(id)) await sleep(13_000);
        await turns.get(id);
      };
      // All at once, so that the test is not longer. Then one of them ends every six minutes.
      const deliveries = slow.map(({ event, turn }) => ({ turn, answer: clinic.webhooks(attempt(event)) }));
      await sleep(13_000);
      return async (minute) => {
        await clinic.usual(minute);
        if (minute % 6 !== 0) return;
        const next = deliveries.shift();
        next?.turn.open();
        await next?.answer;
      };
    },
  },
  "copies arrive while a handler never settles": {
    fires: ["MintfaxBusy"],
    minutes: 22,
    begin: (clinic) => {
      const settles = gate();
      const event = eventFixture("fax.delivered");
      clinic.handle = (id) => (id === event.id ? settles.promise : undefined);
      const first = clinic.webhooks(attempt(event));
      onTestFinished(async () => {
        settles.open();
        await first;
      });
      return async (minute) => {
        await clinic.usual(minute);
        await clinic.webhooks(attempt(event));
        await clinic.webhooks(attempt(event));
      };
    },
  },
  "handlers succeed at mintfax's third attempt": {
    fires: ["MintfaxEventsLate", "MintfaxHandlersFail"],
    minutes: 24,
    begin: (clinic) => {
      const tries = new Map<string, number>();
      clinic.handle = (id) => {
        tries.set(id, (tries.get(id) ?? 0) + 1);
        return (tries.get(id) ?? 0) < 3 ? never() : undefined;
      };
      const owed: ReturnType<typeof eventFixture>[] = [];
      return async (minute) => {
        const event = eventFixture("fax.delivered", { created: Math.floor(Date.now() / 1000) });
        await clinic.webhooks(attempt(event));
        await clinic.webhooks(attempt(event));
        // 110 s after the first.
        if (owed.push(event) > 2) await clinic.webhooks(attempt(owed.shift()));
        await clinic.watchAndCatchUp(minute);
      };
    },
  },
  "nothing arrives for two hours": {
    fires: ["MintfaxNoDelivery"],
    minutes: 135,
    begin: (clinic) => (minute) => clinic.watchAndCatchUp(minute),
  },
  "a worker's handler fails until the last attempt": {
    fires: ["MintfaxMessageParked"],
    minutes: 1,
    begin: (clinic) => async () => {
      await clinic.handOff();
      clinic.work = never;
      const messages = clinic.queue.messages.splice(0);
      await clinic.workOn(messages, 1);
      await clinic.workOn(messages, 2, true);
    },
  },
  "the queue's Redis is stopped": {
    // Both say that events are answered with 503.
    fires: ["MintfaxHandOffFails", "MintfaxStoreUnavailable"],
    minutes: 10,
    open: () => onRedis("its queue"),
    begin: async (clinic) => {
      await servers.get(clinic)?.server.kill();
      return async (minute) => {
        await clinic.deliver();
        await clinic.handOff();
        await clinic.watchAndCatchUp(minute);
      };
    },
  },
  "no worker runs": {
    fires: ["MintfaxNoWorker"],
    minutes: 45,
    begin: (clinic) => async (minute) => {
      await clinic.deliver();
      await clinic.handOff();
      await clinic.watchAndCatchUp(minute);
    },
  },
  "a worker is 7 minutes behind": {
    // The same from mintfax's side: events are processed late.
    fires: ["MintfaxEventsLate", "MintfaxMessagesWait"],
    minutes: 30,
    begin: (clinic) => async (minute) => {
      await clinic.deliver();
      await clinic.handOff();
      const { messages } = clinic.queue;
      if (messages.length > 7) await clinic.workOn(messages.splice(0, 1));
      await clinic.watchAndCatchUp(minute);
    },
  },
  "a message fails for the seventh hour": {
    fires: ["MintfaxOldestMessage"],
    minutes: 7 * 60,
    begin: async (clinic) => {
      await clinic.handOff();
      const messages = clinic.queue.messages.splice(0);
      let attempts = 0;
      return async (minute) => {
        await clinic.usual(minute);
        if (minute % 50 !== 0) return;
        clinic.work = never;
        await clinic.workOn(messages, ++attempts);
        clinic.work = () => {};
      };
    },
  },
  "a fax has owed its final event for 16 minutes": {
    fires: ["MintfaxFaxOwed"],
    minutes: 7,
    begin: async (clinic) => {
      await clinic.watch.expect("fax_owed", { by: ago(clinic, 16) });
      return (minute) => clinic.usual(minute);
    },
  },
  "no final event has come for three hours": {
    fires: ["MintfaxNoFinalEvent"],
    minutes: 7,
    begin: (clinic) => {
      const before = ago(clinic, 180).getTime();
      clinic.database
        .prepare("UPDATE mintfax_fax_watch SET since_ms = ? WHERE state = 'settled'")
        .run(before);
      return async () => {
        await clinic.deliver();
        await clinic.handOffAndWork();
      };
    },
  },
  "the fax watch's database is closed": {
    fires: ["MintfaxFaxWatchSilent"],
    minutes: 12,
    begin: (clinic) => {
      clinic.database.close();
      return async () => {
        await clinic.deliver();
        await clinic.handOffAndWork();
      };
    },
  },
  "mintfax's four attempts fail, and a catch-up gets them through": {
    fires: ["MintfaxCatchUpRepaired"],
    minutes: 5,
    begin: async (clinic) => {
      await clinic.missAFax();
      clinic.isReachable = true;
      return (minute) => clinic.usual(minute);
    },
  },
  "an event fails as often as it is sent again": {
    fires: ["MintfaxCatchUpOwes"],
    minutes: 50,
    begin: async (clinic) => {
      await clinic.missAFax();
      return (minute) => clinic.usual(minute);
    },
  },
  "the process that runs catch-up has ended": {
    fires: ["MintfaxCatchUpStalls"],
    minutes: 45,
    begin: (clinic) => async () => {
      await clinic.deliver();
      await clinic.handOffAndWork();
    },
  },
};

/** By the clock of the watch's database, which is not played. */
function ago({ database }: Clinic, minutes: number): Date {
  const row = database.prepare("SELECT unixepoch() AS now").get() as { readonly now: number };
  return new Date((row.now - minutes * 60) * 1000);
}

test("CI has Prometheus and Redis", () => {
  expect((HAS_PROMETHEUS && HAS_REDIS) || process.env.CI !== "true").toBe(true);
});

test("each alert has a fault that it is for", () => {
  const fired = Object.values(FAULTS).flatMap(({ fires }) => fires);
  expect(NAMES.filter((name) => !fired.includes(name))).toEqual([]);
});

describe.runIf(HAS_PROMETHEUS && HAS_REDIS)("after a good hour, in which no alert fires,", () => {
  test.each(Object.entries(FAULTS))(
    "%s",
    { timeout: 300_000 },
    async (_, { fires, minutes, open = Clinic.open, begin }) => {
      const day = await PlayedDay.start();
      onTestFinished(() => day.stop());
      const clinic = await open();
      await day.play(GOOD_MINUTES, (minute) => clinic.usual(minute));
      await day.play(minutes, await begin(clinic));
      expect(await firing(FILES, NAMES, day.series, LOOKS)).toEqual([]);
      expect((await firing(FILES, NAMES, day.series, day.minutes - 1)).toSorted()).toEqual(fires);
    },
  );
});
