import { expect, test } from "vitest";
import type { SceneOf } from "./scenes.ts";
import { notPrinted, SHOWN } from "./shown.ts";

/** Runs every command on a page that has such a scene. */
export function testShown(sceneOf: SceneOf): void {
  test.each(SHOWN.filter((shown) => sceneOf(shown) !== undefined))(
    "$page: `$command` prints what is shown",
    async (shown) => {
      const output = await sceneOf(shown)?.(shown);
      expect(notPrinted(shown.output, output ?? ""), output).toEqual([]);
    },
  );
}
