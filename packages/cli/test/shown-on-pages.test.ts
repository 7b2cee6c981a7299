import { HAS_REDIS } from "test-support/redis-server";
import { describe, expect, test } from "vitest";
import { longSceneOf, redisSceneOf, sceneOf, terminalSceneOf } from "./support/scenes.ts";
import { SHOWN } from "./support/shown.ts";
import { describeAtTerminal } from "./support/terminal.ts";
import { testShown } from "./support/test-shown.ts";

test("every command on a page has a scene in which it is run", () => {
  expect(SHOWN.length).toBeGreaterThan(10);
  const scenes = [sceneOf, longSceneOf, redisSceneOf, terminalSceneOf];
  expect(SHOWN.filter((shown) => scenes.every((find) => find(shown) === undefined))).toEqual([]);
});

testShown(sceneOf);

describe.skipIf(!HAS_REDIS && process.env.CI !== "true")("with Redis (needs redis-server)", () =>
  testShown(redisSceneOf),
);

describeAtTerminal("at a terminal", () => testShown(terminalSceneOf));
