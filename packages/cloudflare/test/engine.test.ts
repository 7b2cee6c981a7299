import { afterAll, beforeAll, expect, test } from "vitest";
import { type Run, Workerd } from "./support/workerd.ts";

const COPIES = 10_000;

let workerd: Workerd;
beforeAll(async () => {
  workerd = await Workerd.start();
  await workerd.do({ do: "migrate" });
});
afterAll(() => workerd.stop());

const sendCopies = (count: number, path: string) => workerd.do({ do: "send copies", count, path });

test.each([
  ["Durable Object", "/durable-object"],
  ["D1", "/d1"],
])(
  "%s: 10,000 copies of one event at once, over 4 isolates: one handler run",
  async (_, path) => {
    const runs: Run[] = [];
    // The handler works until all other copies have been answered: each of them comes while it does.
    const othersAnswered = new Promise<void>((resolve) => {
      workerd.onAllButOneAnswered = resolve;
      workerd.onRun = (run) => {
        runs.push(run);
        if (runs.length > 1) resolve();
        return othersAnswered;
      };
    });
    expect(await sendCopies(COPIES, path)).toEqual({ "200 processed": 1, "409 busy": COPIES - 1 });
    expect(runs).toMatchObject([{ fence: 1 }]);
  },
  120_000,
);

test("a Durable Object that cannot be had: 503, and no handler runs", async () => {
  const runs: Run[] = [];
  workerd.onRun = (run) => void runs.push(run);
  expect(await sendCopies(10, "/broken")).toEqual({ "503 unavailable": 10 });
  expect(runs).toEqual([]);
});
