import { describe, expect, test } from "vitest";
import { cli } from "./support/cli.ts";
import { missed } from "./support/missed.ts";
import { deadUrl, serveAlways } from "./support/server.ts";
import { cliAtTerminal, describeAtTerminal } from "./support/terminal.ts";

const longest = (text: string): number => Math.max(...text.split("\n").map((line) => line.length));
const flat = (text: string): string => text.replace(/\s+/g, " ");

describe("catch-up", () => {
  test("a receiver that is still down: five events are tried, the exit code is 1, and --now tries again", async () => {
    const { args, env, processed, repair } = await missed(2);
    const { code, stdout } = await cli(["catch-up", ...args, "--resend"], { env });
    expect(code).toBe(1);
    expect(flat(stdout)).toContain("5 failed again");
    expect(flat(stdout)).toContain("✗ None of the first five events got through, so the rest was not sent.");
    repair();
    const waits = await cli(["catch-up", ...args, "--resend"], { env });
    expect(waits.code).toBe(1);
    expect(flat(waits.stdout)).toContain("waiting for the next try: --now does not wait");
    expect((await cli(["catch-up", ...args, "--resend", "--now"], { env })).code).toBe(0);
    expect(processed).toHaveLength(6);
  });

  test("HTML of a proxy, and an API that is unreachable: exit code 2, with the cause", async () => {
    const env = { MINTFAX_API_KEY: "mfx_test_8aZqRm4yT3vK7pNxJ2bH9c" };
    const html = new URL("/v1", await serveAlways(200, "<html><title>Sign in</title></html>")).href;
    const nowhere = new URL("/v1", await deadUrl()).href;
    const [proxy, dead] = await Promise.all(
      [html, nowhere].map((url) => cli(["catch-up", "--endpoint", "webhook_1", "--base-url", url], { env })),
    );
    expect(proxy).toMatchObject({ code: 2, stderr: expect.stringContaining("A proxy may have answered") });
    expect(dead).toMatchObject({ code: 2, stderr: expect.stringContaining("ECONNREFUSED") });
  });
});

describeAtTerminal("catch-up at a terminal", () => {
  test.each([40, 80, 120])("of %i columns, the list and the progress fit in it", async (columns) => {
    const { args, env, repair } = await missed(1);
    const { code, text } = await cliAtTerminal(["catch-up", ...args], { columns, env });
    expect(code).toBe(1);
    expect(flat(text)).toContain("Nothing was sent");
    repair();
    const resent = await cliAtTerminal(["catch-up", ...args, "--resend"], { columns, env });
    expect(resent.code).toBe(0);
    const pieces = `${text}\n${resent.text}`.split("\r\u001b[K");
    expect(pieces.some((piece) => /[█░]{20} {2}\d\/3 sent/.test(piece))).toBe(true);
    expect(longest(pieces.join("\n"))).toBeLessThanOrEqual(columns);
  });

  test("the key is asked for, and not shown", async () => {
    const { args, sandbox } = await missed(1);
    const { code, text } = await cliAtTerminal(["catch-up", ...args], {
      env: {},
      when: ["API key (mfx_live_... or mfx_test_..., not shown): ", (type) => type(`${sandbox.apiKey}\r`)],
    });
    expect(code).toBe(1);
    expect(text).not.toContain(sandbox.apiKey);
  });
});
