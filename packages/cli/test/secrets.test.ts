import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cli, emptyDirectory, SECRET } from "./support/cli.ts";
import { serveReceiver } from "./support/server.ts";
import { cliAtTerminal, describeAtTerminal } from "./support/terminal.ts";

const OTHER = "whsec_YW5vdGhlci1zZWNyZXQtb2YtMjQtYnl0ZXM=";

/** Whether a command that finds its secret in this way signs with the receiver's. */
async function signs({
  files = {},
  env = {},
  args = [],
}: {
  files?: Record<string, string | Buffer>;
  env?: Record<string, string>;
  args?: string[];
}): Promise<boolean> {
  const { url } = await serveReceiver();
  const cwd = emptyDirectory();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
  const { stdout, stderr } = await cli(["trigger", "fax.failed", "--to", url, "--json", ...args], {
    cwd,
    env,
  });
  expect(stdout + stderr).not.toMatch(/whsec_[A-Za-z0-9]/);
  return JSON.parse(stdout).asExpected;
}

describe("the secret", () => {
  test("comes from the environment", async () => {
    expect(await signs({ env: { MINTFAX_WEBHOOK_SECRET: SECRET } })).toBe(true);
    expect(await signs({ env: { MINTFAX_WEBHOOK_SECRET: OTHER } })).toBe(false);
  });

  test("comes from .env, which does not override the environment", async () => {
    const files = { ".env": `# ours\nMINTFAX_WEBHOOK_SECRET="${SECRET}"\n` };
    expect(await signs({ files })).toBe(true);
    expect(await signs({ files, env: { MINTFAX_WEBHOOK_SECRET: OTHER } })).toBe(false);
  });

  test("comes from .env.local before .env, and from .dev.vars at last", async () => {
    const line = (secret: string) => `MINTFAX_WEBHOOK_SECRET=${secret}\n`;
    expect(await signs({ files: { ".env.local": line(SECRET), ".env": line(OTHER) } })).toBe(true);
    expect(await signs({ files: { ".env": line(SECRET), ".dev.vars": line(OTHER) } })).toBe(true);
    expect(await signs({ files: { ".env": "PORT=3000\n", ".dev.vars": line(SECRET) } })).toBe(true);
  });

  test("comes from --env-file before the environment and other files", async () => {
    const files = {
      "staging.env": `MINTFAX_WEBHOOK_SECRET=${SECRET}\n`,
      ".env": `MINTFAX_WEBHOOK_SECRET=${OTHER}\n`,
    };
    const env = { MINTFAX_WEBHOOK_SECRET: OTHER };
    expect(await signs({ files, env, args: ["--env-file", "staging.env"] })).toBe(true);
  });

  test("is missing where the file of --env-file has none, or is missing itself", async () => {
    const cwd = emptyDirectory();
    writeFileSync(join(cwd, "empty.env"), "PORT=3000\n");
    const trigger = (file: string) => cli(["trigger", "fax.failed", "--env-file", file], { cwd });
    const message = "error: empty.env has no MINTFAX_WEBHOOK_SECRET.\n";
    expect(await trigger("empty.env")).toMatchObject({ code: 2, stderr: message });
    // Node itself looks for this option, before the program begins.
    const { code, stderr } = await trigger("absent.env");
    expect(code).toBeGreaterThan(0);
    expect(stderr).toContain("absent.env");
  });

  test.each([
    ["UTF-16, as Windows PowerShell writes it", (text: string) => Buffer.from(`\u{feff}${text}`, "utf16le")],
    [
      "UTF-16 with the other order of bytes",
      (text: string) => Buffer.from(`\u{feff}${text}`, "utf16le").swap16(),
    ],
    ["UTF-8 with a mark", (text: string) => Buffer.from(`\u{feff}${text}`)],
  ])("is read from a .env in %s", async (_, encoded) => {
    expect(await signs({ files: { ".env": encoded(`MINTFAX_WEBHOOK_SECRET=${SECRET}\r\n`) } })).toBe(true);
  });

  test("comes from --secret-file first", async () => {
    const args = ["--secret-file", "secret.txt"];
    const env = { MINTFAX_WEBHOOK_SECRET: OTHER };
    expect(await signs({ files: { "secret.txt": `${SECRET}\n` }, env, args })).toBe(true);
  });

  test("may be several during a rotation", async () => {
    expect(await signs({ env: { MINTFAX_WEBHOOK_SECRET: `${OTHER} ${SECRET}` } })).toBe(true);
    const args = ["--secret-file", "secret.txt"];
    expect(await signs({ files: { "secret.txt": `${OTHER}\n${SECRET}\n` }, args })).toBe(true);
  });

  test.each([
    [`"${SECRET}"`, "MINTFAX_WEBHOOK_SECRET: secret has quotes around it"],
    [SECRET.slice(0, -2), "is not base64 after whsec_"],
    ["mfx_test_123", "does not start with whsec_"],
    ["whsec_c2hvcnQ=", "at least 16 are needed"],
  ])("is refused with its fault where it is malformed", async (secret, message) => {
    const { code, stdout, stderr } = await cli(["trigger", "fax.failed"], {
      env: { MINTFAX_WEBHOOK_SECRET: secret },
    });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr.replace(/\s+/g, " ")).toContain(message);
    expect(stderr).not.toContain(secret);
  });

  test.each(["trigger fax.failed", "simulate", "listen"])(
    "stops %s where it is missing, and the error names the ways to give it",
    async (line) => {
      const { code, stderr } = await cli(line.split(" "), { env: {} });
      expect(code).toBe(2);
      expect(stderr).toContain("No signing secret.");
      expect(stderr).toContain("MINTFAX_WEBHOOK_SECRET");
      expect(stderr).toContain("--secret-file");
    },
  );

  test("is refused with the name of a file that cannot be read", async () => {
    const { code, stderr } = await cli(["listen", "--secret-file", "absent.txt"]);
    expect(code).toBe(2);
    expect(stderr).toContain("--secret-file absent.txt cannot be read (ENOENT)");
  });

  describeAtTerminal("asked for at a terminal", () => {
    test("is not shown while it is typed", async () => {
      const { code, shown } = await answer(`${SECRET}\r`);
      expect(shown).toContain("200  processed");
      expect(shown).not.toContain(SECRET.slice("whsec_".length, 20));
      expect(code).toBe(0);
    });

    test.each([
      ["nothing", "\r"],
      ["Ctrl-C", "\u0003"],
      ["Ctrl-D", "\u0004"],
    ])("stops the command where the answer is %s", async (_, keys) => {
      const { code, shown } = await answer(keys);
      expect(code).toBe(2);
      expect(shown).toContain("No signing secret was given.");
      expect(shown).not.toContain("Warning");
    });
  });
});

async function answer(keys: string): Promise<{ code: number; shown: string }> {
  const { url } = await serveReceiver();
  // Not earlier: until the question is there, the terminal itself echoes.
  return cliAtTerminal(["trigger", "fax.failed", "--to", url], {
    when: ["not shown): ", (type) => type(keys)],
    env: {},
  });
}
