import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DENO, RUNTIMES, resultsOn } from "../src/matrix/runtimes.ts";
import { createStage, type Stage } from "../src/matrix/stage.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
});
afterAll(() => stage.remove());

// `pnpm matrix` prints the same as a table.
test.each(RUNTIMES)("the built packages work on $name $variant", async (runtime) => {
  expect(await resultsOn(runtime, stage)).toEqual(runtime.checks.map(({ name }) => ({ name })));
});

describe("Deno, where the secret is in the environment", () => {
  const PROGRAM = `import { createFetchHandler } from "@mintfax-webhooks/core";
createFetchHandler();
console.log("started");`;

  async function run(...permissions: string[]): Promise<{ stdout: string; stderr: string }> {
    const program = join(dirname(stage.program), "secret-in-environment.js");
    await writeFile(program, PROGRAM);
    return promisify(execFile)(DENO, ["run", "--no-remote", "--no-prompt", ...permissions, program], {
      env: { ...process.env, NO_COLOR: "1", MINTFAX_WEBHOOK_SECRET: `whsec_${btoa("0123456789abcdef")}` },
    });
  }

  test("without the permission to read it: a sentence that names the permission", async () => {
    await expect(run()).rejects.toMatchObject({
      stderr: expect.stringMatching(
        /ConfigurationError: No signing secret: .*In Deno, start it with --allow-env=MINTFAX_WEBHOOK_SECRET\./,
      ),
    });
  });

  test("with what the sentence names, it starts", async () => {
    expect((await run("--allow-env=MINTFAX_WEBHOOK_SECRET")).stdout).toBe("started\n");
  });
});
