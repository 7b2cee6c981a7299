import { join } from "node:path";
import { startInWorkerd } from "conformance/targets/support/workerd";
import { expect, onTestFinished, test } from "vitest";
import { useWholeKit } from "./worker/whole-kit.ts";

const EXPECTED = {
  statuses: Array(3).fill([500, 200]),
  outcomes: [...Array(3).fill(["failed", "processed"]).flat(), "refused"],
  types: ["fax.queued", "fax.queued", "fax.sending", "fax.sending", "fax.failed", "fax.failed"],
};

test("the main entry works on Node", async () => {
  expect(await useWholeKit()).toEqual(EXPECTED);
});

test("the main entry works in workerd, without nodejs_compat", async () => {
  const { origin, stop } = await startInWorkerd(join(import.meta.dirname, "worker/whole-kit.ts"));
  onTestFinished(async () => void (await stop()));
  expect(await (await fetch(origin)).json()).toEqual(EXPECTED);
});
