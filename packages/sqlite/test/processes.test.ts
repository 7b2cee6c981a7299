import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { expect, test } from "vitest";
import { newFiles } from "./support/folder.ts";
import { forgottenBy } from "./support/forgotten.ts";
import { startWriter } from "./support/writers.ts";

const newFile = newFiles();

test("four processes that want the same 400 ids of a new file: one of them has each", async () => {
  const file = newFile();
  const writers = ["a", "b", "c", "d"].map((name) => startWriter([file, name, "400"]));
  await Promise.all(writers.map(({ ended }) => ended));
  expect(writers.flatMap(({ lines }) => lines.filter((line) => line.startsWith("failed")))).toEqual([]);
  const claimed = writers.flatMap((writer) => writer.idsOf("claimed"));
  expect([claimed.length, new Set(claimed).size]).toEqual([400, 400]);
  expect(writers.flatMap((writer) => writer.idsOf("done"))).toHaveLength(400);
  expect(await forgottenBy(file, claimed)).toEqual([]);
});

test("processes that are killed while they write lose nothing that they were told", async () => {
  const file = newFile();
  const done: string[] = [];
  for (const lines of [1, 40, 200]) {
    const writer = startWriter([file, `killed ${lines}`, "100000"]);
    await writer.printed(lines);
    writer.child.kill("SIGKILL");
    await writer.ended;
    done.push(...writer.idsOf("done"));
  }
  expect(done.length).toBeGreaterThan(50);
  expect(await forgottenBy(file, done)).toEqual([]);
});

test("a process that is stopped holds no other up for longer than it may hold the lock, and goes on", async () => {
  const file = newFile();
  const [stopped, other] = [startWriter([file, "stopped", "3000"]), startWriter([file, "other", "300"])];
  await stopped.printed(50);
  stopped.child.kill("SIGSTOP");
  // Unless it was stopped between BEGIN and COMMIT, where the other one is told so within its time limit.
  await other.printed(50);
  stopped.child.kill("SIGCONT");
  await Promise.all([stopped.ended, other.ended]);
  const failed = other.lines.filter((line) => line.startsWith("failed"));
  for (const line of failed) expect(line).toMatch(/store_unavailable: Another process has held the/);
  const claimed = [...stopped.idsOf("claimed"), ...other.idsOf("claimed")];
  expect(new Set(claimed).size).toBe(claimed.length);
});

/** Whether this machine lets a test mount a file system of its own. */
function canMount(): boolean {
  try {
    execFileSync("unshare", ["-rm", "true"], { stdio: "ignore" });
    return true;
  } catch {
    return process.env.CI === "true";
  }
}

test.skipIf(!canMount())(
  "a disk that is full is unavailable, and what was acknowledged before stays",
  async () => {
    const file = newFile();
    const folder = `${file}.disk`;
    mkdirSync(folder);
    // The file system ends with the process, so the database is copied out of it before.
    const script = 'mount -t tmpfs -o size=400k none "$0" && "$@"; mkdir "$0.kept" && cp "$0"/* "$0.kept"';
    const writer = startWriter([`${folder}/webhooks.db`, "full", "4000"], {
      around: ["unshare", "-rm", "sh", "-c", script, folder],
    });
    await writer.ended;
    const failed = writer.lines.filter((line) => line.startsWith("failed"));
    expect(failed.length).toBeGreaterThan(0);
    for (const line of failed) expect(line).toMatch(/store_unavailable: The disk of the database is full/);
    expect(writer.idsOf("done").length).toBeGreaterThan(0);
    expect(await forgottenBy(`${folder}.kept/webhooks.db`, writer.idsOf("done"))).toEqual([]);
  },
);
