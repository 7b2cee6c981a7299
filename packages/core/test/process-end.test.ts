import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";

test("a process whose handler never settles ends by itself", async () => {
  const program = join(import.meta.dirname, "support/never-settles.ts");
  const running = promisify(execFile)(process.execPath, ["--conditions=source", program]);
  onTestFinished(() => void running.child.kill());
  expect(await running).toEqual({ stdout: "working\n", stderr: "" });
});
