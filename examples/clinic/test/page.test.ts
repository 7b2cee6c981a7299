import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";

const FOLDER = join(import.meta.dirname, "..");

/** The demo with its page, in a process group of its own: Ctrl-C reaches all processes of a terminal's foreground. */
function startDemo() {
  const child = spawn(process.execPath, ["--conditions=source", "src/main.ts", "--page"], {
    cwd: FOLDER,
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const signalAll = (signal: NodeJS.Signals): void => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, signal);
  };
  onTestFinished(() => signalAll("SIGKILL"));
  return { child, ctrlC: () => signalAll("SIGINT") };
}

test("--page leaves the sandbox's page open until Ctrl-C, with every attempt of a day that went well", async () => {
  const { child, ctrlC } = startDemo();
  const printed: string[] = [];
  let address: string | undefined;
  for await (const line of createInterface(child.stdout)) {
    printed.push(line);
    address ??= /http:\/\/127\.0\.0\.1:\d+\/\?token=\w+/.exec(line)?.[0];
    if (line.includes("Ctrl-C")) break;
  }
  child.stdout.resume();
  expect(printed.filter((line) => line.startsWith("✗"))).toEqual([]);
  expect(printed.filter((line) => line.startsWith("✓"))).toHaveLength(10);

  const entered = await fetch(address ?? "", { redirect: "manual" });
  const cookie = entered.headers.get("set-cookie")?.split(";")[0] ?? "";
  const { origin } = new URL(address ?? "");
  const page = await fetch(origin, { headers: { cookie } });
  expect(await page.text()).toContain("<title>mintfax sandbox</title>");
  const state = (await (await fetch(`${origin}/page/state`, { headers: { cookie } })).json()) as {
    attempts: { statusCode: number | null }[];
  };
  const statuses = state.attempts.map(({ statusCode }) => statusCode);
  expect(statuses).toEqual(expect.arrayContaining([200, 500, null]));

  const exit = once(child, "exit");
  ctrlC();
  expect(await exit).toEqual([0, null]);
});
