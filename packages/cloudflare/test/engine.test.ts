import { type Run, Workerd } from "test-support/cloudflare/workerd";
import { runSize } from "test-support/run-size";
import { afterAll, beforeAll, expect, test } from "vitest";

const COPIES = runSize(1_600, 10_000);

let workerd: Workerd;
beforeAll(async () => {
  workerd = await Workerd.start();
  await workerd.do({ do: "migrate" });
});
afterAll(() => workerd.stop());

const sendCopies = (count: number, path: string) =>
  workerd.do({ do: "send copies", count, path }) as Promise<Record<string, number>>;

test.each([
  ["Durable Object", "/durable-object"],
  ["D1", "/d1"],
])(
  `%s: ${COPIES} copies of one event at once, over 4 isolates: one handler run`,
  async (_, path) => {
    const runs: Run[] = [];
    // The handler works until a quarter of the copies have been answered: they come before, while and after it is done.
    const quarterAnswered = new Promise<void>((resolve) => {
      workerd.onQuarterAnswered = resolve;
      workerd.onRun = (run) => {
        runs.push(run);
        return quarterAnswered;
      };
    });
    const {
      "409 busy": busy = 0,
      "200 duplicate": duplicate = 0,
      ...others
    } = await sendCopies(COPIES, path);
    expect(others).toEqual({ "200 processed": 1 });
    expect(busy).toBeGreaterThanOrEqual(COPIES / 4 - 1);
    expect(busy + duplicate).toBe(COPIES - 1);
    expect(runs).toHaveLength(1);
  },
  // To end what hangs.
  300_000,
);

test("a Durable Object that cannot start: 503, and no handler runs", async () => {
  const runs: Run[] = [];
  workerd.onRun = (run) => void runs.push(run);
  expect(await sendCopies(12, "/broken")).toEqual({ "503 unavailable": 12 });
  expect(runs).toEqual([]);
});
