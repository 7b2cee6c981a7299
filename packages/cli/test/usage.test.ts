import { describe, expect, test } from "vitest";
import { cli, SECRET } from "./support/cli.ts";
import { COMMANDS, helpOf } from "./support/help.ts";
import { serveReceiver } from "./support/server.ts";

describe("usage", () => {
  test.each(COMMANDS)("the help of $name teaches by example, in 80 columns", ({ words }) => {
    const help = helpOf(words, 80);
    // Those of `parked` show how its subcommands are called.
    if (words.length < 2) expect(help).toMatch(/^Examples:\n {2}# .+\n {2}mintfax-webhooks /m);
    expect(help.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  test("help goes to standard output, and the command exits with 0", async () => {
    expect(await cli(["trigger", "--help"])).toEqual({
      code: 0,
      stdout: helpOf(["trigger"], 80),
      stderr: "",
    });
  });

  test("the exit codes are in the help", async () => {
    const { stdout } = await cli(["--help"]);
    expect(stdout.match(/^ {2}\d+ /gm)).toEqual(["  0 ", "  1 ", "  2 ", "  130 "]);
  });

  test.each([
    [
      "an unknown type",
      ["trigger", "fax.sent"],
      "fax.queued, fax.sending, fax.delivered, fax.failed, balance.low and balance.topup",
    ],
    [
      "no type",
      ["trigger"],
      "fax.queued, fax.sending, fax.delivered, fax.failed, balance.low and balance.topup",
    ],
    ["a misspelt type", ["trigger", "fax.deliverd"], "did you mean fax.delivered?"],
    ["a type without its group", ["trigger", "Failed"], "did you mean fax.failed?"],
    ["a type with an underscore", ["trigger", "balance_low"], "did you mean balance.low?"],
    ["an unknown command", ["send"], "unknown command"],
    ["an unknown option", ["listen", "--prot", "1"], "--port"],
    ["a text for a URL", ["trigger", "fax.failed", "--to", "my server"], "expected a URL"],
    ["another protocol", ["trigger", "fax.failed", "--to", "ftp://localhost:3000"], "expected a URL"],
    [
      "a URL with a password",
      ["certify", "--to", "http://clinic:s3cret@127.0.0.1:3000"],
      "without a user and a password",
    ],
    ["two ways to spoil a delivery", ["trigger", "fax.failed", "--forge", "--stale"], "--forge"],
    ["too large a share", ["simulate", "--duplicates", "5"], "expected a number from 0 to 1"],
    ["a text for a number", ["simulate", "--faxes", "many"], "expected a whole number"],
    ["a path without a slash", ["listen", "--path", "webhooks"], "expected a path"],
  ])("%s exits with 2, and the error says what is expected", async (_, args, expected) => {
    const { code, stdout, stderr } = await cli(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr.replace(/\s+/g, " ")).toContain(expected);
  });

  test("a secret in the arguments is not printed", async () => {
    const places = [
      ["trigger", "fax.failed", "--secret", SECRET],
      ["trigger", "fax.failed", `--secret=${SECRET}`],
      ["trigger", `--key=${SECRET}`],
      ["trigger", SECRET],
      [SECRET],
      ["doctor", "--to", "http://clinic:s3cret@127.0.0.1:3000"],
      ["doctor", "--to", "http://clinic:s3cret/x@127.0.0.1:3000"],
    ];
    for (const args of places) {
      const { code, stdout, stderr } = await cli(args);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).not.toContain(SECRET.slice("whsec_".length));
      expect(stderr).not.toContain("s3cret");
    }
  });
});

describe("colours", () => {
  const painted = "\u001b[";
  const secret = { MINTFAX_WEBHOOK_SECRET: SECRET };
  test.each([
    ["none where standard output is not a terminal", {}, false],
    ["none there in CI either", { CI: "true" }, false],
    ["where FORCE_COLOR asks for them", { FORCE_COLOR: "1" }, true],
    ["none where FORCE_COLOR is 0", { FORCE_COLOR: "0" }, false],
    ["none where NO_COLOR forbids them", { FORCE_COLOR: "1", NO_COLOR: "1" }, false],
  ])("%s", async (_, env, expected) => {
    const { url } = await serveReceiver();
    const { stdout } = await cli(["trigger", "fax.failed", "--to", url], { env: { ...secret, ...env } });
    expect(stdout.includes(painted)).toBe(expected);
  });
});
