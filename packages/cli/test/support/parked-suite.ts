import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createMemoryStore } from "@mintfax-webhooks/core";
import { createSeal, createWorker } from "@mintfax-webhooks/queue";
import { freePort } from "test-support/free-port";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { cli, emptyDirectory, type Finished } from "./cli.ts";
import { type Engine, park } from "./parking.ts";

const [A, B] = ["evt_8aZqRm4yT3vK7pNxJ2bH9c", "evt_0bZqRm4yT3vK7pNxJ2bH9d"] as const;
/** Of the fixture: the number, a name in a tag, and a tag that looks like a number. */
const PRIVATE = ["+15005550008", "Hara", "448812"];
const PASSWORD = "s3cret-p@ss";

/** What `parked` does, the same on every engine. */
export function testParked(name: string, start: () => Promise<Engine>): void {
  let engine: Engine;
  beforeAll(async () => {
    engine = await start();
  });
  afterAll(() => engine.stop());
  afterEach(async () => {
    for (const { key } of await engine.parked.list()) await engine.parked.drop(key);
  });

  const parked = (...args: string[]): Promise<Finished> =>
    cli(["parked", ...args, "--engine", name], { env: { MINTFAX_QUEUE_URL: engine.url } });

  test("list: a table of 80 columns for each reason, with nothing of the bodies", async () => {
    expect(await parked("list")).toEqual({
      code: 0,
      stdout: `Nothing is parked in ${name}, mintfax.\n`,
      stderr: "",
    });
    await park(engine, [A, B]);
    const { code, stdout, stderr } = await parked("list");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(
      new RegExp(`^2 messages are parked in ${name}, mintfax.\n\n(?:no_handler: )?No handler for events`),
    );
    expect(stdout).toMatch(
      new RegExp(`^ {2}fax.failed  ${A}  20\\d\\d-\\d\\d-\\d\\d \\d\\d:\\d\\d +1$`, "m"),
    );
    expect(stdout).toContain(B);
    expect(Math.max(...stdout.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(80);
    for (const text of PRIVATE) expect(stdout).not.toContain(text);
    expect((await parked("list", "--limit", "1")).stdout).toMatch(/^1 message is parked .*, or more/);
  });

  test("list --json: an object a line, without the bodies", async () => {
    await park(engine, [A]);
    const { stdout } = await parked("list", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      key: expect.any(String),
      id: A,
      type: "fax.failed",
      namespace: "mintfax",
      attempts: 1,
      reason: expect.stringContaining("No handler"),
    });
    for (const text of [...PRIVATE, "body"]) expect(stdout).not.toContain(text);
  });

  test("show: the body with numbers and tags masked, by the event's id and by the key", async () => {
    await park(engine, [A]);
    const { code, stdout } = await parked("show", A);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^fax.failed  ${A}\n  key `));
    for (const shown of [`"to": "•••0008"`, `"patient": "•••"`, `"error_code": "invalid_number"`]) {
      expect(stdout).toContain(shown);
    }
    for (const text of PRIVATE) expect(stdout).not.toContain(text);
    const key = String((await engine.parked.list())[0]?.key);
    expect((await parked("show", key)).stdout).toBe(stdout);
    expect(await parked("show", "evt_other")).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringContaining("Not parked: evt_other"),
    });
  });

  test("show: a sealed body names its key, and is opened with it", async () => {
    const key = Buffer.alloc(32, 7).toString("base64");
    await park(engine, [A], createSeal({ keys: { "2026-11": key }, current: "2026-11" }));
    const sealed = await parked("show", A);
    expect(sealed.stdout).toContain('Sealed with the key "2026-11"');
    const file = join(emptyDirectory(), "key");
    writeFileSync(file, `${key}\n`);
    const opened = await parked("show", A, "--key-file", file);
    expect(opened.stdout).toContain(`"to": "•••0008"`);
    for (const text of [...PRIVATE, key]) expect(sealed.stdout + opened.stdout).not.toContain(text);
    writeFileSync(file, Buffer.alloc(32, 8).toString("base64"));
    expect((await parked("show", A, "--key-file", file)).stdout).toContain("its key has other");
    writeFileSync(file, "too short");
    const wrong = await parked("show", A, "--key-file", file);
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining("expected 32 bytes") });
    expect(wrong.stderr).not.toContain("too short");
  });

  test("retry: the event is worked on; an event that is not parked is told, with exit code 1", async () => {
    await park(engine, [A, B]);
    const { code, stdout, stderr } = await parked("retry", A, "evt_other");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "1 message will be tried again.\n" });
    expect(stderr).toContain("Not parked: evt_other.");
    const handler = vi.fn();
    const worker = createWorker({ store: createMemoryStore(), onOutcome() {} }).on("*", handler);
    const stop = await engine.work(worker);
    await vi.waitFor(() => expect(handler).toHaveBeenCalledTimes(1), { timeout: 30_000 });
    await stop();
    expect(handler.mock.calls[0]?.[1]).toMatchObject({ id: A, attempt: 1 });
    expect((await engine.parked.list()).map(({ message }) => message)).toEqual([
      expect.objectContaining({ id: B }),
    ]);
  });

  test("drop --all asks first, and needs --yes where there is no terminal", async () => {
    await park(engine, [A, B]);
    expect(await parked("drop", "--all")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("Drop 2 messages? Add --yes"),
    });
    expect(await engine.parked.list()).toHaveLength(2);
    expect(await parked("drop", "--all", "--yes")).toEqual({
      code: 0,
      stdout: "2 messages deleted.\n",
      stderr: "",
    });
    expect(await engine.parked.list()).toEqual([]);
  });

  test("an unreachable server ends the command with 2, and no output has the password", async () => {
    const { protocol } = new URL(engine.url);
    const url = `${protocol}//clinic:${encodeURIComponent(PASSWORD)}@127.0.0.1:${await freePort()}/0`;
    const { code, stdout, stderr } = await cli(["parked", "list", "--engine", name, "--url", url]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/ECONNREFUSED/);
    expect(stderr).not.toMatch(/s3cret/);
  });
}
