import { type CatchUp, type CatchUpOptions, createCatchUp } from "@mintfax-webhooks/catch-up";
import { describe, expect, test } from "vitest";
import { environment, failedAttempt, isoOf, oddApi } from "./support/api.ts";
import { type Mintfax, playMintfax } from "./support/mintfax.ts";
import { startReceiver } from "./support/receiver.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** As a process of its own has it: nothing is remembered from earlier runs. */
function newCatchUp(
  { endpoint, sandbox, catchUpClock }: Mintfax,
  options: Partial<CatchUpOptions> = {},
): CatchUp {
  const { apiKey, url: baseUrl } = sandbox;
  return createCatchUp({ endpoint, apiKey, baseUrl, clock: catchUpClock, ...options });
}

describe("mintfax's own schedule", () => {
  test("while it runs, its events are left to it; what it brings is not resent", async () => {
    const receiver = await startReceiver();
    const mintfax = await playMintfax(receiver.url, { timeScale: 1, rateLimitPerMinute: 1_000 });
    receiver.isDown = true;
    await mintfax.send(2);
    await mintfax.pass(8 * MINUTE_MS);
    // Three attempts of each of the six events.
    expect(receiver.turnedAway).toBe(18);
    const during = await newCatchUp(mintfax).run();
    expect(during).toMatchObject({ resent: 0, owed: 0, events: { total: 6, leftToSchedule: 6 } });
    receiver.isDown = false;
    await mintfax.pass(14 * MINUTE_MS);
    expect(receiver.outcomes).toEqual({ processed: 6 });
    await mintfax.clock.advance(HOUR_MS);
    expect(await newCatchUp(mintfax).run()).toMatchObject({
      resent: 0,
      owed: 0,
      events: { alreadyThrough: 6 },
    });
    expect(receiver.outcomes).toEqual({ processed: 6 });
  });

  test.each<[string, Readonly<Record<string, unknown>>[], string]>([
    ["one attempt, 19 minutes ago", [{ attempt_number: 1, age: 19 }], "leftToSchedule"],
    ["one attempt, 21 minutes ago: the second never came", [{ attempt_number: 1, age: 21 }], "toResend"],
    [
      "three attempts, the newest 19 minutes ago",
      [
        { attempt_number: 3, age: 19 },
        { attempt_number: 2, age: 21 },
      ],
      "leftToSchedule",
    ],
    ["four attempts, the newest a minute ago", [{ attempt_number: 4, age: 1 }], "toResend"],
    [
      "four attempts, one of them a retry by hand: a fourth of the schedule is to come",
      [
        { attempt_number: 4, age: 5 },
        { attempt_number: 3, age: 6, parent_attempt_id: "wha_2" },
        { attempt_number: 2, age: 7 },
      ],
      "leftToSchedule",
    ],
    [
      "an attempt in the future: that clock is ahead of this one",
      [{ attempt_number: 2, age: -30 }],
      "leftToSchedule",
    ],
  ])("%s", async (_, attempts, state) => {
    const list = attempts.map(({ age, ...members }, index) =>
      failedAttempt(1, {
        id: `wha_${index}`,
        failed_at: isoOf(Date.now() - Number(age) * MINUTE_MS),
        ...members,
      }),
    );
    const { catchUp } = await oddApi(environment(list));
    const { events } = await catchUp.run({ dryRun: true });
    expect(events).toMatchObject({ total: 1, [state]: 1 });
  });
});

describe("an event that always fails", () => {
  test("is resent maxTries times, after longer and longer waits, over processes; then it is reported, not resent", async () => {
    const receiver = await startReceiver();
    const mintfax = await playMintfax(receiver.url, { rateLimitPerMinute: 1_000_000 });
    receiver.fails = ({ type }) => type === "fax.sending";
    await mintfax.send(1);
    await expect.poll(() => receiver.outcomes.failed).toBe(4);
    await mintfax.clock.advance(HOUR_MS);
    const run = async (): Promise<string[]> => {
      const { details } = await newCatchUp(mintfax, { maxTries: 3 }).run();
      return details.map(({ state }) => state);
    };
    expect(await run()).toEqual(["stillFailing"]);
    expect(await run()).toEqual(["waiting"]);
    await mintfax.clock.advance(5 * MINUTE_MS);
    expect(await run()).toEqual(["stillFailing"]);
    await mintfax.clock.advance(5 * MINUTE_MS);
    expect(await run()).toEqual(["waiting"]);
    await mintfax.clock.advance(5 * MINUTE_MS);
    expect(await run()).toEqual(["stillFailing"]);
    for (let hours = 0; hours < 12; hours += 1) {
      await mintfax.clock.advance(HOUR_MS);
      expect(await run()).toEqual(["givenUp"]);
    }
    expect(receiver.outcomes).toEqual({ processed: 2, failed: 7 });
    const raised = await newCatchUp(mintfax, { maxTries: 4 }).run();
    expect(raised.details).toMatchObject([{ state: "stillFailing", attempts: 8, statusCode: 500 }]);
  });

  test("is resent maxTries times in one process, too, where a cache hides its new attempts", async () => {
    let posts = 0;
    const answering = environment([failedAttempt(1)], () => "nothing");
    const { catchUp } = await oddApi(
      (asked) => {
        if (asked.method === "POST") posts += 1;
        return answering(asked);
      },
      { maxTries: 3 },
    );
    const states: string[] = [];
    for (let runs = 0; runs < 6; runs += 1) states.push((await catchUp.run()).details[0]?.state ?? "none");
    expect(states).toEqual(["unconfirmed", "unconfirmed", "unconfirmed", "givenUp", "givenUp", "givenUp"]);
    expect(posts).toBe(3);
  });

  test("does not keep the others back, and waits an hour at most while they get through", async () => {
    const list = [
      // It was resent six times: the wait is over after 160 minutes.
      failedAttempt(1, { attempt_number: 10, failed_at: isoOf(Date.now() - 61 * MINUTE_MS) }),
      ...Array.from({ length: 9 }, (_, index) => failedAttempt(index + 2)),
    ];
    const onRetry = (id: string): "fails" | "succeeds" => (id === "evt_1" ? "fails" : "succeeds");
    const { catchUp } = await oddApi(environment(list, onRetry));
    expect(await catchUp.run()).toMatchObject({ events: { waiting: 1, repaired: 9 } });
    // Their successes are newer than its failure.
    expect(await catchUp.run()).toMatchObject({ events: { stillFailing: 1, alreadyThrough: 9 } });
  });

  test("a person does not wait: ignoreWaits", async () => {
    const { catchUp } = await oddApi(environment([failedAttempt(1, { attempt_number: 7 })]));
    expect(await catchUp.run({ dryRun: true, since: 24 * HOUR_MS })).toMatchObject({
      events: { toResend: 1 },
    });
    const young = await oddApi(
      environment([failedAttempt(1, { attempt_number: 7, failed_at: isoOf(Date.now() - MINUTE_MS) })]),
    );
    expect(await young.catchUp.run()).toMatchObject({ events: { waiting: 1 }, owed: 1 });
    expect(await young.catchUp.run({ ignoreWaits: true })).toMatchObject({
      events: { repaired: 1 },
      owed: 0,
    });
  });
});

describe("a receiver that is still down", () => {
  test("five events are tried, and the others keep their tries; once it is up, all get through", async () => {
    const receiver = await startReceiver();
    const mintfax = await playMintfax(receiver.url, { rateLimitPerMinute: 1_000_000 });
    receiver.isDown = true;
    await mintfax.send(10);
    await expect.poll(() => receiver.turnedAway).toBe(120);
    await mintfax.clock.advance(HOUR_MS);
    const report = await newCatchUp(mintfax).run();
    expect(report).toMatchObject({ endpointFailing: true, resent: 5, owed: 30 });
    expect(report.events).toMatchObject({ stillFailing: 5, postponed: 25 });
    expect(report.details.find(({ state }) => state === "postponed")).toMatchObject({
      reason: "endpoint_failing",
      attempts: 4,
    });
    // The next run tries others: those with the fewest tries.
    await mintfax.clock.advance(10 * MINUTE_MS);
    const next = await newCatchUp(mintfax).run();
    expect(next.details.filter(({ attempts }) => attempts === 5)).toHaveLength(10);
    receiver.isDown = false;
    expect(await newCatchUp(mintfax).run({ ignoreWaits: true })).toMatchObject({
      owed: 0,
      events: { repaired: 30 },
    });
    expect(receiver.outcomes).toEqual({ processed: 30 });
  });
});

test("what got through by hand while the run was under way is not resent", async () => {
  const answering = environment(Array.from({ length: 20 }, (_, index) => failedAttempt(index)));
  let retries = 0;
  const { catchUp, requests } = await oddApi((asked) => {
    const answer = answering(asked);
    if (asked.method === "POST") {
      retries += 1;
      // At the first retry of the run, a person presses "Retry now" for all.
      if (retries === 1)
        for (let index = 0; index < 20; index += 1)
          answering({ ...asked, path: `/webhooks/attempts/wha_${index}/retry` });
    }
    return answer;
  });
  const report = await catchUp.run();
  expect(report).toMatchObject({ resent: 1, owed: 0, events: { repaired: 1, alreadyThrough: 19 } });
  expect(requests.filter((request) => request.startsWith("POST"))).toHaveLength(1);
});

test("a process remembers what got through: its later runs read only what is new", async () => {
  const hour = HOUR_MS;
  const succeeded = Array.from({ length: 1_000 }, (_, index) =>
    failedAttempt(`s${index}`, {
      failed_at: null,
      succeeded_at: isoOf(Date.now() - (index / 20) * hour),
      attempt_number: 1,
    }),
  );
  // It got through at its second attempt, two days ago: the thousandth of the successes.
  succeeded[960] = failedAttempt(1, {
    id: "wha_1b",
    failed_at: null,
    succeeded_at: isoOf(Date.now() - 48 * hour),
    attempt_number: 2,
  });
  const failed = [failedAttempt(1, { failed_at: isoOf(Date.now() - 48 * hour), attempt_number: 1 })];
  const { catchUp, requests } = await oddApi(({ query }) => {
    const all = query.get("status") === "failed" ? failed : succeeded;
    const from = Number(query.get("cursor") ?? 0);
    return {
      data: all.slice(from, from + 100),
      next_cursor: from + 100 < all.length ? String(from + 100) : null,
    };
  });
  expect(await catchUp.run()).toMatchObject({ requests: 11, events: { alreadyThrough: 1 } });
  expect(await catchUp.run()).toMatchObject({ requests: 1, events: { alreadyThrough: 1 } });
  expect(requests).toHaveLength(12);
});

test.each<[string, Date | number]>([
  ["in the future", new Date(Date.now() + HOUR_MS)],
  ["not a date", new Date("yesterday")],
  ["a negative number", -1],
  ["a time in milliseconds in place of milliseconds ago", Date.now()],
  ["not a number", Number.NaN],
])("since is %s: refused, before any request", async (_, since) => {
  const { catchUp, requests } = await oddApi(environment([]));
  await expect(catchUp.run({ since })).rejects.toMatchObject({ code: "option_out_of_bounds" });
  expect(requests).toEqual([]);
});

test("ten days back", async () => {
  const at = isoOf(Date.now() - 9.9 * 24 * HOUR_MS);
  const { catchUp } = await oddApi(environment([failedAttempt(1, { failed_at: at })]));
  expect(await catchUp.run({ dryRun: true })).toMatchObject({ events: { total: 0 } });
  expect(await catchUp.run({ since: 10 * 24 * HOUR_MS })).toMatchObject({ events: { repaired: 1 } });
});
