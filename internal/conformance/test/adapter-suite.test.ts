import { ADAPTER_CASES, DIFFERENCES, Peer, type Reply, type RunningTarget } from "conformance/adapter-suite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ADAPTER_TARGETS } from "../src/targets/index.ts";

/** By case: what the first target answered. */
const answers = new Map<string, readonly Reply[]>();

describe.each(ADAPTER_TARGETS)("$name", ({ start }) => {
  let running: RunningTarget;
  beforeAll(async () => {
    running = await start();
  });
  afterAll(() => running.stop());

  test.each(ADAPTER_CASES)("$id", async ({ id, run }) => {
    const replies = await run(running);
    expect(replies).toEqual(answers.get(id) ?? replies);
    answers.set(id, replies);
  });

  test("no rejection was left unhandled", async () => {
    const journal = await new Peer(running.origin).journal();
    expect(journal.filter((line) => line.startsWith("unhandled"))).toEqual([]);
  });
});

test("ids are unique, and each listed difference is about a case and a platform of its own", () => {
  const ids = ADAPTER_CASES.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const listed = DIFFERENCES.flatMap(({ cases, platform }) => cases.map((id) => `${platform}: ${id}`));
  expect(new Set(listed).size).toBe(listed.length);
  expect(DIFFERENCES.flatMap(({ cases }) => cases).filter((id) => !ids.includes(id))).toEqual([]);
});
