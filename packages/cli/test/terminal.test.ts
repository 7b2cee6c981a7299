import { join } from "node:path";
import { expect, test } from "vitest";
import { cli } from "./support/cli.ts";
import { COMMANDS, helpOf } from "./support/help.ts";
import { deadUrl, serveAlways, serveHandlerOfFailed, serveReceiver } from "./support/server.ts";
import { cliAtTerminal, describeAtTerminal } from "./support/terminal.ts";

const WRONG = ["trigger", "fax.queued", "--set", "data..pages=1"];
const MESSAGE = "error: --set data..pages=1: expected PATH=VALUE, such as data.object.pages=7.";

const FAST = ["--time-scale", "0.0001", "--rate", "1000"];
const CLEAR_LINE = "\r\u001b[K";

const flat = (text: string): string => text.replace(/\s+/g, " ");
const longest = (text: string): number => Math.max(...text.split("\n").map((line) => line.length));

describeAtTerminal("at a terminal", () => {
  test.each([40, 80, 200])("of %i columns, an error is wrapped at its width only", async (columns) => {
    const { code, text } = await cliAtTerminal(WRONG, { columns });
    expect(code).toBe(2);
    expect(flat(text)).toContain(MESSAGE);
    expect(longest(text)).toBeLessThanOrEqual(columns);
  });

  test.each([40, 60, 80])("of %i columns, the output fits in it, but for a longer URL", async (columns) => {
    const { url } = await serveReceiver();
    const commands = [
      ["trigger", "fax.delivered", "--forge", "--to", url],
      ["trigger", "fax.delivered", "--to", await deadUrl()],
      ["trigger", "fax.queued", "--copies", "3", "--set", "data.object.page=1", "--to", url],
      ["trigger", "fax.sending", "--to", await serveHandlerOfFailed()],
      ["simulate", "--faxes", "2", ...FAST, "--to", url],
      ["simulate", "--faxes", "2", ...FAST, "--to", await serveAlways(500)],
    ];
    for (const args of commands) {
      const { text } = await cliAtTerminal(args, { columns });
      expect(text).toContain(`to ${args.at(-1)}`);
      const shown = text.split(CLEAR_LINE).at(-1) ?? "";
      expect(longest(shown.replace(`to ${args.at(-1)}`, ""))).toBeLessThanOrEqual(columns);
    }
  });

  test("the help fits into it, as it does where a test has its columns set", async () => {
    const { shown, text } = await cliAtTerminal(["--help"], { columns: 40, env: { NO_COLOR: "1" } });
    expect(shown).not.toContain("\u001b");
    expect(text).toBe(helpOf([], 40));
  });

  test.each([40, 80, 120])(
    "of %i columns, a diagnosis fits in it, but for a line of code",
    async (columns) => {
      const folder = join(import.meta.dirname, "../../diagnose/test/recorded/captures");
      const env = { MINTFAX_WEBHOOK_SECRET: "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5" };
      for (const file of [
        "page.html",
        "lambda-rest-api.json",
        "console-dir-parsed.txt",
        "curl-verbose.txt",
      ]) {
        const { text } = await cliAtTerminal(["diagnose", join(folder, file)], { columns, env });
        const lines = text.split("\n").filter((line) => !/^ {4,}(?:app\.use|mintfax-webhooks)/.test(line));
        expect(lines.filter((line) => line.length > columns)).toEqual([]);
      }
    },
  );

  test.each([40, 80])("of %i columns, progress stays on its line, and clears it", async (columns) => {
    let answer: () => void = () => {};
    const shownOnce = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const { url } = await serveReceiver(() => shownOnce);
    const { text } = await cliAtTerminal(["simulate", "--faxes", "5", ...FAST, "--to", url], {
      columns,
      when: ["0/5 faxes", answer],
    });
    const [before, ...draws] = text.split(CLEAR_LINE);
    expect(before).toBe("");
    const summary = draws.pop() ?? "";
    expect(draws.length).toBeGreaterThan(0);
    for (const draw of draws) expect(draw).toMatch(/^ {2}[█░]{20} {2}\d\/5 faxes/);
    expect(longest(draws.join("\n"))).toBeLessThanOrEqual(columns);
    expect(summary).toMatch(/^5 faxes, \d+ events in /);
  });

  test.each([
    ["colours", {}, true],
    ["none with NO_COLOR", { NO_COLOR: "1" }, false],
    ["none where the terminal has none", { TERM: "dumb" }, false],
  ])("%s", async (_, env, painted) => {
    const { shown } = await cliAtTerminal(WRONG, { env });
    expect(shown.includes("\u001b[31m")).toBe(painted);
  });
});

test.each(COMMANDS)("of 40 columns, the help of $name fits in it, but for commands to copy", ({ words }) => {
  const [narrow, wide] = [helpOf(words, 40), helpOf(words, 80)];
  expect(flat(narrow)).toBe(flat(wide));
  const whole = wide.split("\n");
  const tooLong = narrow.split("\n").filter((line) => line.length > 40);
  expect(tooLong.filter((line) => !whole.includes(line) && !/^ +https?:\S+$/.test(line))).toEqual([]);
});

test("outside a terminal an error is one line, also with COLUMNS set", async () => {
  for (const env of [{}, { COLUMNS: "40" }, { CI: "true", COLUMNS: "200" }]) {
    const { stderr } = await cli(WRONG, { env });
    expect(stderr).toBe(`${MESSAGE}\n(--help lists commands and options)\n`);
  }
});
