import { afterAll, beforeAll, expect, test } from "vitest";
import { RUNTIMES, resultsOn } from "../runtimes/matrix/src/runtimes.ts";
import { createStage, type Stage } from "../runtimes/matrix/src/stage.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
});
afterAll(() => stage.remove());

// `pnpm matrix` prints the same as a table.
test.each(RUNTIMES)("the built packages work on $name $variant", async (runtime) => {
  expect(await resultsOn(runtime, stage)).toEqual(runtime.checks.map(({ name }) => ({ name })));
});
