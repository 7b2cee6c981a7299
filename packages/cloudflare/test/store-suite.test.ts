import type { Env } from "test-support/cloudflare/worker/env";
import type { SoundStoreName } from "test-support/cloudflare/worker/stores";
import { SUITES } from "test-support/cloudflare/worker/suites";
import { Workerd } from "test-support/cloudflare/workerd";
import { withoutThousands } from "test-support/run-size";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

let workerd: Workerd;
beforeAll(async () => {
  workerd = await Workerd.start();
});
afterAll(() => workerd.stop());

test("all of it runs in workerd, without nodejs_compat", async () => {
  expect(await workerd.do({ do: "tell where it runs" })).toEqual({
    userAgent: "Cloudflare-Workers",
    process: "undefined",
  });
});

describe.each(Object.keys(SUITES) as SoundStoreName[])("%s", (suite) => {
  // Here they are only named; they run over there.
  const { cases, skipped } = SUITES[suite]({} as Env);

  test.each(withoutThousands(cases))(
    "$name",
    ({ name }) => workerd.do({ do: "run a case", suite, name }) as Promise<void>,
  );

  test("nothing is left out", () => {
    expect(skipped).toEqual([]);
  });
});
