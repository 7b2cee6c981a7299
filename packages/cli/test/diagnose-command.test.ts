import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  eventFixture,
  forge,
  type SignedDelivery,
  type SignOptions,
  signDelivery,
} from "@mintfax-webhooks/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { COMPILED, MAIN, SECRET } from "./support/cli.ts";

const EVENT = eventFixture("fax.delivered", { id: "evt_8aZqRm4yT3vK7pNxJ2bH9c" });
const COMPACT = JSON.stringify(EVENT);
const signed = (options: Partial<SignOptions> = {}): SignedDelivery =>
  signDelivery(COMPACT, { secret: SECRET, id: EVENT.id, ...options });

const yesterday = new Date(Date.now() - 86_400_000);
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "diagnose-command-"));
  file("right.http", raw(signed()));
  file("old.http", raw(signed({ at: yesterday })));
  file("forged.http", raw(forge(signed())));
  file("headers.json", JSON.stringify(signed().headers));
  file("body.json", COMPACT);
  file("pretty.json", JSON.stringify(EVENT, null, 2));
  file("quoted-secret", `'${SECRET}'\n`);
  file(
    "curl.txt",
    `curl http://a.example ${headerLines(signed())
      .map((line) => `-H '${line}'`)
      .join(" ")} -d '${COMPACT}'`,
  );
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function file(name: string, content: string): void {
  writeFileSync(join(folder, name), content);
}

function headerLines({ headers }: SignedDelivery): string[] {
  return Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
}

function raw(delivery: SignedDelivery): string {
  return `POST /webhooks/mintfax HTTP/1.1\r\n${headerLines(delivery).join("\r\n")}\r\n\r\n${COMPACT}`;
}

function run(
  args: readonly string[],
  { input = "", secret = SECRET }: { input?: string; secret?: string } = {},
) {
  const env = { PATH: process.env.PATH, ...COMPILED, MINTFAX_WEBHOOK_SECRET: secret };
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--conditions=source", MAIN, "diagnose", ...args],
    { cwd: folder, input, encoding: "utf8", env },
  );
  return { status, stdout, stderr };
}

describe("exit codes", () => {
  test.each([
    [["right.http"], ""],
    [["-"], raw(signed())],
    [["--headers", "headers.json", "--body", "body.json"], ""],
    [["--headers", "-", "--body", "body.json"], headerLines(signed()).join("\n")],
    [["--curl", "curl.txt"], ""],
    [["curl.txt"], ""],
  ])("0 for a request that verifies: %j", (args, input) => {
    expect(run(args, { input })).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^VERIFIED/),
      stderr: "",
    });
  });

  test("0 for an old request too, with a note; with --at its age counts", () => {
    const { status, stdout } = run(["old.http"]);
    expect({ status, stdout }).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("note: The timestamp is 1 d"),
    });
    expect(run(["old.http", "--at", yesterday.toISOString()])).toMatchObject({
      status: 0,
      stdout: expect.not.stringContaining("note:"),
    });
    const at = String(Math.floor(yesterday.getTime() / 1000) + 400);
    expect(run(["old.http", "--at", at])).toMatchObject({
      status: 1,
      stdout: expect.stringContaining("timestamp_too_old"),
    });
  });

  test("1 for a request that does not verify, explained or not", () => {
    expect(run(["--headers", "headers.json", "--body", "pretty.json"])).toMatchObject({
      status: 1,
      stdout: expect.stringContaining("body_reserialized"),
    });
    expect(run(["forged.http"])).toMatchObject({
      status: 1,
      stdout: expect.stringContaining("secret_wrong (suspected)"),
    });
    const nothing = `${headerLines(signed()).join("\n")}\n\n\u0001\u0002`;
    expect(run(["-"], { input: nothing })).toMatchObject({
      status: 1,
      stdout: expect.stringContaining("none of the known causes"),
    });
  });

  test.each([
    ["body.json", "capture_not_recognised", "These formats can be read:\n  - "],
    ["headers.json", "capture_incomplete", "It has headers, and no member `body`"],
  ])("2 for %s, which is not a whole request: %s", (name, code, text) => {
    const { status, stdout, stderr } = run([name]);
    expect({ status, stderr }).toEqual({ status: 2, stderr: "" });
    expect(stdout).toMatch(/^NOT CHECKED/);
    expect(stdout).toContain(code);
    expect(stdout).toContain(text);
    expect(JSON.parse(run([name, "--json"]).stdout)).toMatchObject({
      verdict: "unchecked",
      findings: [{ code }],
    });
  });

  test.each([
    [[], /No captured request was given/],
    [["right.http", "--curl", "curl.txt"], /More than one captured request was given/],
    [["--headers", "headers.json"], /--headers needs --body/],
    [["--body", "body.json"], /--body needs --headers/],
    [["nowhere.http"], /nowhere.http cannot be read \(ENOENT\)/],
    [["right.http", "--at", "soon"], /expected a date/],
  ])("2 for wrong usage: %j", (args, why) => {
    const { status, stderr } = run(args);
    expect({ status, stderr: stderr.replace(/\s+/g, " ") }).toEqual({
      status: 2,
      stderr: expect.stringMatching(why),
    });
  });
});

test("the secret reaches the diagnosis as it was found, with its quotes", () => {
  const { status, stdout } = run(["right.http", "--secret-file", "quoted-secret"]);
  expect({ status, stdout }).toMatchObject({ status: 1, stdout: expect.stringContaining("secret_quoted") });
  expect(stdout).not.toContain(SECRET.slice(6));
});

test("--json prints the diagnosis only", () => {
  const { stdout } = run(["old.http", "--json"]);
  expect(JSON.parse(stdout)).toMatchObject({
    verdict: "verified",
    findings: [],
    notes: [{ code: "timestamp_too_old", certainty: "proven" }],
    secretIndex: 0,
  });
});

test("lines of text fit a terminal of 80 columns", () => {
  const outputs = [
    run(["forged.http"]),
    run(["--headers", "headers.json", "--body", "pretty.json"]),
    run(["--help"]),
  ];
  const lines = outputs.flatMap(({ stdout }) => stdout.split("\n"));
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
});
