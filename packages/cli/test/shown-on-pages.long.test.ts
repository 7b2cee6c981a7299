import { expect, test } from "vitest";
import { longSceneOf } from "./support/scenes.ts";
import { notPrinted, SHOWN } from "./support/shown.ts";

test.each(SHOWN.filter((shown) => longSceneOf(shown) !== undefined))(
  "$page: `$command` prints what is shown",
  async (shown) => {
    const output = await longSceneOf(shown)?.(shown);
    expect(notPrinted(shown.output, output ?? ""), output).toEqual([]);
  },
);
