import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

/** What a process prints in which two receivers, with the default store and one of `createMemoryStore()`, get two events each. */
async function printedWith(nodeEnv: string | undefined): Promise<{ stdout: string; stderr: string }> {
  const program = join(import.meta.dirname, "support/two-memory-stores.ts");
  const { NODE_ENV: _, ...env } = process.env;
  return promisify(execFile)(process.execPath, ["--conditions=source", program], {
    env: nodeEnv === undefined ? env : { ...env, NODE_ENV: nodeEnv },
  });
}

test("with NODE_ENV=production, the first memory store that is used says once that it forgets", async () => {
  expect(await printedWith("production")).toEqual({
    stdout: "200 200 200 200\n",
    stderr:
      "mintfax-webhooks: The memory store forgets every event at a restart. " +
      'Use store: createSqliteStore("webhooks.db") of @mintfax-webhooks/sqlite.\n',
  });
});

test.each(["development", "test", "", undefined])("with NODE_ENV=%s it says nothing", async (nodeEnv) => {
  expect(await printedWith(nodeEnv)).toEqual({ stdout: "200 200 200 200\n", stderr: "" });
});
