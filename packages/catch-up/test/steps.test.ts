import { expect, test } from "vitest";
import { environment, failedAttempt, oddApi } from "./support/api.ts";

const THREE = [failedAttempt(1), failedAttempt(2), failedAttempt(3)];

test("the steps of a run, in their order, and its report as the last one", async () => {
  const { catchUp } = await oddApi(environment(THREE));
  const seen: string[] = [];
  for await (const step of catchUp.steps()) {
    if (step.type === "read") seen.push(`read ${step.entries} of ${step.list}`);
    else if (step.type === "resent") seen.push(`resent ${step.resent} of ${step.of}`);
    else if (step.type === "settled") seen.push(step.event.state);
    else if (step.type === "finished") seen.push(`owed ${step.report.owed}`);
    else seen.push(step.type);
  }
  expect(seen).toEqual([
    "read 3 of failed",
    "read 0 of succeeded",
    "planned",
    "resent 1 of 3",
    "waiting",
    "read 1 of succeeded",
    "repaired",
    "resent 2 of 3",
    "resent 3 of 3",
    "waiting",
    "read 3 of succeeded",
    "repaired",
    "repaired",
    "owed 0",
  ]);
});

test("the run goes no further than its steps are taken, and ends where the loop is left", async () => {
  const { catchUp, requests } = await oddApi(environment(THREE));
  for await (const step of catchUp.steps()) if (step.type === "planned") break;
  expect(requests).toEqual([
    "GET /webhooks/attempts?status=failed",
    "GET /webhooks/attempts?status=succeeded",
  ]);
  // It is over: the next one may begin.
  expect(await catchUp.run()).toMatchObject({ events: { repaired: 3 } });
});

test("an error of the run is thrown by the loop", async () => {
  const { catchUp } = await oddApi(({ response }) => void response.writeHead(401).end());
  await expect(catchUp.steps().next()).rejects.toMatchObject({ code: "api_key_rejected" });
});

test("a signal ends the run while it waits for an answer, with the signal's reason", async () => {
  const abort = new AbortController();
  const answering = environment(THREE);
  const { catchUp, requests } = await oddApi((asked) => {
    if (asked.method === "GET") return answering(asked);
    abort.abort(new Error("The server is shutting down."));
    return undefined;
  });
  await expect(catchUp.run({ signal: abort.signal })).rejects.toThrow("The server is shutting down.");
  const count = requests.length;
  await expect(catchUp.run({ signal: abort.signal })).rejects.toThrow("The server is shutting down.");
  expect(requests).toHaveLength(count);
});

test("a run of the same catch-up at the same time is refused", async () => {
  const { catchUp } = await oddApi(environment(THREE));
  const first = catchUp.run();
  await expect(catchUp.run()).rejects.toMatchObject({ code: "catch_up_running" });
  expect(await first).toMatchObject({ events: { repaired: 3 } });
  expect(await catchUp.run()).toMatchObject({ events: { alreadyThrough: 3 } });
});

test("requests keep to the limit, and to a smaller one that mintfax names", async () => {
  const many = Array.from({ length: 200 }, (_, index) => failedAttempt(index));
  const answering = environment(many);
  const times: number[] = [];
  let nowMs = Date.now();
  const { catchUp } = await oddApi(
    (asked) => {
      times.push(nowMs);
      asked.response.setHeader("x-ratelimit-limit", times.length > 100 ? "20" : "60");
      return answering(asked);
    },
    {
      requestsPerMinute: 50,
      clock: {
        nowMs: () => nowMs,
        async sleep(ms) {
          nowMs += ms;
        },
      },
    },
  );
  await catchUp.run();
  const within = (index: number): number =>
    times.filter((ms) => ms >= (times[index] ?? 0) && ms < (times[index] ?? 0) + 60_000).length;
  const most = (from: number, to: number): number =>
    Math.max(...Array.from({ length: to - from }, (_, offset) => within(from + offset)));
  expect(times.length).toBeGreaterThan(150);
  expect(most(0, 50)).toBe(50);
  expect(most(101, times.length)).toBe(20);
});
