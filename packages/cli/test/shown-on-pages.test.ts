import { expect, test } from "vitest";
import { longSceneOf, sceneOf } from "./support/scenes.ts";
import { notPrinted, SHOWN } from "./support/shown.ts";

test("every command on a page has a scene in which it is run", () => {
  expect(SHOWN.length).toBeGreaterThan(10);
  expect(SHOWN.filter((shown) => (sceneOf(shown) ?? longSceneOf(shown)) === undefined)).toEqual([]);
});

test.each(SHOWN.filter((shown) => sceneOf(shown) !== undefined))(
  "$page: `$command` prints what is shown",
  async (shown) => {
    const output = await sceneOf(shown)?.(shown);
    expect(notPrinted(shown.output, output ?? ""), output).toEqual([]);
  },
);
