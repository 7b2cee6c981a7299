import { execFile } from "node:child_process";
import { globSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { codeBlocks, PAGES } from "test-support/code-blocks";
import { ExampleProcess } from "test-support/example-process";
import { ROOT } from "test-support/root";
import { LIMITS } from "test-support/vitest-settings";
import { describe, expect, onTestFinished, test } from "vitest";

interface Manifest {
  readonly name: string;
  readonly scripts?: Readonly<Record<string, string>>;
}

const manifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(ROOT, folder, "package.json"), "utf8")) as Manifest;

const PNPM = "npx -y pnpm@12.21.0 ";
/** Commands of pnpm itself, or of a tool of the root's. */
const BUILT_IN = new Set(["changeset", "exec", "install", "pack", "run"]);
const workspace = new Map(
  globSync("{packages,internal,examples}/*/package.json", { cwd: ROOT })
    .map((file) => manifest(join(file, "..")))
    .map(({ name, scripts = {} }) => [name, scripts]),
);

/** Why a command for pnpm would not run, or undefined where it would. */
function fault(command: string): string | undefined {
  const words = command.split(/\s+/);
  const filter = words.indexOf("--filter");
  const [script = ""] = filter === -1 ? words : words.slice(filter + 2);
  if (BUILT_IN.has(script)) return undefined;
  const scripts = filter === -1 ? manifest(".").scripts : workspace.get(words[filter + 1] ?? "");
  if (scripts === undefined) return `${command}: no package of that name`;
  return script in scripts ? undefined : `${command}: no script "${script}"`;
}

test.each(PAGES)("every command for pnpm on %s names a script that exists", (page) => {
  const text = readFileSync(join(ROOT, page), "utf8").replaceAll(/\s*\n\s*/g, " ");
  const commands = text
    .split(PNPM)
    .slice(1)
    .map((rest) => rest.replace(/`.*/, ""));
  expect(
    commands
      .map(fault)
      .filter((why) => why !== undefined)
      .map((why) => why.slice(0, 80)),
  ).toEqual([]);
});

const EXAMPLES = readdirSync(join(ROOT, "examples"));
const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";

test("every example has a page", () => {
  expect(EXAMPLES.filter((example) => !PAGES.includes(`examples/${example}/README.md`))).toEqual([]);
});

describe.each(EXAMPLES.filter((example) => example !== "clinic"))("examples/%s/README.md", (example) => {
  const [starting, sending] = codeBlocks("sh").filter(({ page }) => page === `examples/${example}/README.md`);

  test("its first commands start the example", () => {
    expect(starting?.source.trim().split("\n")).toEqual([
      `export MINTFAX_WEBHOOK_SECRET=${SECRET}`,
      `${PNPM}--filter ${manifest(`examples/${example}`).name} start`,
    ]);
  });

  test("the commands after that send an event, and show what the example made of it", async () => {
    const [exported, ...commands] = sending?.source.trim().split("\n") ?? [];
    expect(exported).toBe(`export MINTFAX_WEBHOOK_SECRET=${SECRET}`);
    const running = await ExampleProcess.start(example, { MINTFAX_WEBHOOK_SECRET: SECRET });
    onTestFinished(() => void running.stop());
    const printed: string[] = [];
    for (const command of commands) printed.push(await type(command, running));
    expect(printed.join("\n")).toContain("✓ 200  processed");
    // A worker may be at work on it still.
    await expect
      .poll(() => type(commands.at(-1) ?? "", running), { timeout: LIMITS.testTimeout })
      .toMatch(/"1042":\{"status":"delivered"|^\["fax_\w+"\]$/);
  });
});

/** What a command of such a page prints, without the curl and the pnpm that a reader has. */
async function type(command: string, { origin, url }: ExampleProcess): Promise<string> {
  const curl = /^curl (?:-X (?<method>\w+) )?http:\/\/127\.0\.0\.1:3000(?<path>\S*)$/.exec(command)?.groups;
  if (curl !== undefined) {
    const response = await fetch(origin + curl.path, { method: curl.method ?? "GET" });
    return response.text();
  }
  const script = `${PNPM}mintfax-webhooks `;
  if (!command.startsWith(script)) throw new Error(`not known here: ${command}`);
  const program = manifest(".").scripts?.["mintfax-webhooks"]?.split(" ").slice(1) ?? [];
  const args = [...program, ...command.slice(script.length).split(" "), "--to", url];
  const env = { ...process.env, MINTFAX_WEBHOOK_SECRET: SECRET, NO_COLOR: "1" };
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT, env });
  return stdout;
}
