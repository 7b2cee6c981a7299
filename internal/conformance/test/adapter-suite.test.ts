import {
  ADAPTER_CASES,
  type AdapterCase,
  type AdapterTarget,
  DIFFERENCES,
  Peer,
  type Reply,
  type RunningTarget,
} from "conformance/adapter-suite";
import { runSize } from "test-support/run-size";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ADAPTER_TARGETS, SECOND_TARGETS } from "../src/targets/index.ts";

const TARGETS = runSize(
  ADAPTER_TARGETS.filter((target) => !SECOND_TARGETS.includes(target)),
  ADAPTER_TARGETS,
);
/** All other targets have to answer as this one does. It runs even where a filter leaves its own tests out. */
const REFERENCE = ADAPTER_TARGETS[0] as AdapterTarget;
let reference: RunningTarget;
/** By case. */
const answers = new Map<string, readonly Reply[] | undefined>();

beforeAll(async () => {
  reference = await REFERENCE.start();
});
afterAll(() => reference.stop());

async function answersOfReference({ id, run }: AdapterCase): Promise<readonly Reply[] | undefined> {
  if (!answers.has(id)) answers.set(id, await run(reference));
  return answers.get(id);
}

describe.each(TARGETS)("$name", (target) => {
  const isReference = target === REFERENCE;
  let running: RunningTarget;
  beforeAll(async () => {
    running = isReference ? reference : await target.start();
  });
  afterAll(() => (isReference ? undefined : running.stop()));

  test.each(ADAPTER_CASES)("$id", async (adapterCase) => {
    const expected = await answersOfReference(adapterCase);
    const replies = isReference ? expected : await adapterCase.run(running);
    if (replies !== undefined) expect(replies).toEqual(expected);
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
