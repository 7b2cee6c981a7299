import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cli, emptyDirectory } from "./support/cli.ts";
import { missed } from "./support/missed.ts";

const KEY = "mfx_test_8aZqRm4yT3vK7pNxJ2bH9c";
const ENDPOINT = ["--endpoint", "webhook_8aZqRm4yT3vK7pNxJ2bH9c"];
const longest = (text: string): number => Math.max(...text.split("\n").map((line) => line.length));
const flat = (text: string): string => text.replace(/\s+/g, " ");

describe("catch-up", () => {
  test("a dry run lists what did not get through, --resend brings it, and then nothing is missing", async () => {
    const { args, env, processed, repair } = await missed(2);
    repair();
    const dry = await cli(["catch-up", ...args], { env });
    expect(dry).toMatchObject({ code: 1, stderr: "" });
    expect(dry.stdout).toMatch(
      /^24 failed attempts of 6 events at webhook_\w+ since\n\d{4}-\d\d-\d\d \d\d:\d\d UTC\./,
    );
    expect(dry.stdout).toMatch(/^ {2}evt_\w{22} {9}4 {2}\d{4}-\d\d-\d\d \d\d:\d\d {2}500 {5}to be sent$/m);
    expect(flat(dry.stdout)).toContain("✗ 6 events did not get through. Nothing was sent: add --resend");
    expect(longest(dry.stdout)).toBeLessThanOrEqual(80);
    expect(processed).toEqual([]);

    const resent = await cli(["catch-up", ...args, "--resend"], { env });
    expect(resent).toMatchObject({ code: 0, stderr: "" });
    expect(resent.stdout).toMatch(/ {2}6 got through now\n\n✓ Nothing is missing\.\n$/);
    expect(processed).toHaveLength(6);

    const again = await cli(["catch-up", ...args, "--resend", "--json"], { env });
    expect(again).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(again.stdout)).toMatchObject({ endpoint: args[1], owed: 0, resent: 0, dryRun: false });
    expect(processed).toHaveLength(6);
    for (const { stdout, stderr } of [dry, resent, again]) expect(stdout + stderr).not.toMatch(/mfx_|\+1500/);
  });

  test("--since leaves out what failed before", async () => {
    const { args, env } = await missed(1);
    const since = new Date(Date.now() - 1).toISOString();
    const { code, stdout } = await cli(["catch-up", ...args, "--since", since], { env });
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("0 failed attempts of 0 events"),
    });
  });

  test("a time in the future is refused", async () => {
    const { code, stderr } = await cli(["catch-up", ...ENDPOINT, "--since", "2099-01-01"]);
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("a time in the past"),
    });
  });

  test("an endpoint of which mintfax lists nothing ends with 2: a misspelt one must not look as if all were well", async () => {
    const { env, sandbox } = await missed(0);
    const found = await cli(["catch-up", ...ENDPOINT, "--base-url", sandbox.url], { env });
    expect(found).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("Check that it is an endpoint of"),
    });
    expect(found.stdout).not.toContain("Nothing is missing");
  });
});

describe("catch-up's API key", () => {
  test("comes from --api-key-file and from .env", async () => {
    const { args, sandbox } = await missed(1);
    const cwd = emptyDirectory();
    writeFileSync(join(cwd, "key"), `${sandbox.apiKey}\n`);
    expect((await cli(["catch-up", ...args, "--api-key-file", "key"], { cwd, env: {} })).code).toBe(1);
    writeFileSync(join(cwd, ".env"), `MINTFAX_API_KEY=${sandbox.apiKey}\n`);
    expect((await cli(["catch-up", ...args], { cwd, env: {} })).code).toBe(1);
  });

  // Threat: T22
  test.each([
    ["in the arguments", ["--api-key", KEY], {}, "every user of this machine sees it in `ps`"],
    ["where the endpoint belongs", ["--endpoint", KEY], { MINTFAX_API_KEY: KEY }, "endpoint is not the id"],
    ["as a word of its own", [KEY], { MINTFAX_API_KEY: KEY }, "too many arguments"],
    ["missing", [], {}, "No API key. Set MINTFAX_API_KEY"],
    ["of an account", [], { MINTFAX_API_KEY: "mfx_acct_8aZqRm4yT3vK7p" }, "is an account key (mfx_acct_)"],
    ["a signing secret", [], { MINTFAX_API_KEY: "whsec_c2VjcmV0c2VjcmV0" }, "is a signing secret"],
    ["in a file that is missing", ["--api-key-file", "no-such-file"], {}, "cannot be read (ENOENT)"],
  ])("%s: exit code 2, and no output has it", async (_, args, env, message) => {
    const { code, stdout, stderr } = await cli(["catch-up", ...ENDPOINT, ...args], { env });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/mfx_(?:test|acct)_8aZ|c2VjcmV0/);
  });

  test("revoked: mintfax's 401, in words", async () => {
    const { args } = await missed(0);
    const { code, stderr } = await cli(["catch-up", ...args], { env: { MINTFAX_API_KEY: KEY } });
    expect(code).toBe(2);
    expect(stderr).toContain("The API key is not valid any more, or not of this API.");
    expect(stderr).not.toContain(KEY);
  });

  // Threat: T22
  test("an unencrypted address of another machine is refused before the key leaves", async () => {
    const args = ["catch-up", ...ENDPOINT, "--base-url", "http://api.mintfax.com/v1"];
    const { code, stderr } = await cli(args, { env: { MINTFAX_API_KEY: KEY } });
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--base-url cannot be used"),
    });
  });
});
