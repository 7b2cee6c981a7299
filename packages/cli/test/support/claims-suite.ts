import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { LeaseStore } from "@mintfax-webhooks/core";
import type { DedupKey, Holder } from "@mintfax-webhooks/core/store";
import { codeBlocks } from "test-support/code-blocks";
import { ROOT } from "test-support/root";
import { beforeAll, expect, test } from "vitest";
import { cli, type Finished } from "./cli.ts";

const PAGE = "docs/at-night.md";
export const LEASE_MS = 45_000;
/** As core names a process. It started on 2026-11-27. */
export const OWNER: string = `web-1/4711/${(1_795_744_800).toString(36)}/abcdefghij-_.7`;

/** What `--store` is given, and the same store in this process. */
export interface Place {
  readonly url: string;
  readonly store: LeaseStore;
}

let ids = 0;
export const newKey = (namespace = "mintfax"): DedupKey => ({
  namespace,
  id: `evt_8aZqRm4yT3vK7pNx${++ids}`,
});

/** Claims a free key. */
export async function hold(
  store: LeaseStore,
  key: DedupKey = newKey(),
  owner: string = OWNER,
  leaseMs: number = LEASE_MS,
): Promise<{ readonly key: DedupKey; readonly holder: Holder }> {
  const claim = await store.claim(key, owner, leaseMs);
  if (claim.state !== "claimed") throw new Error(claim.state);
  return { key, holder: { owner, fence: claim.fence } };
}

export const run = (url: string, ...args: string[]): Promise<Finished> =>
  cli(args, { env: { MINTFAX_STORE_URL: url } });

/** What an operator's commands do, the same on every store. */
export function testClaims(name: string, open: () => Place): void {
  let place: Place;
  beforeAll(() => {
    place = open();
  });

  test("status: absent, pending, done, and released after forget", async () => {
    const { url, store } = place;
    const key = newKey();
    const absent = await run(url, "status", key.id);
    expect({ code: absent.code, stderr: absent.stderr }).toEqual({ code: 1, stderr: "" });
    expect(absent.stdout).toMatch(
      new RegExp(`^${key.id}  absent\nin ${name},\\s.*;\\snamespace\\smintfax\n\nThe store knows`),
    );
    const { holder } = await hold(store, key);
    const pending = await run(url, "status", key.id);
    expect({ code: pending.code, stderr: pending.stderr }).toEqual({ code: 0, stderr: "" });
    expect(pending.stdout).toMatch(
      / {2}held by {4}process 4711 on web-1, started 2026-11-27 \d\d:\d\d UTC\n {2}since {6}20\d\d-\d\d-\d\d \d\d:\d\d UTC, \d+ s ago\n {2}lease {6}ends in \d\d s, unless it is renewed\n/,
    );
    await store.complete(key, holder);
    expect((await run(url, "status", key.id)).stdout).toMatch(
      / {2}done\n.*\n {2}known {6}until .*, \d+ d from now\n/s,
    );
    const forgotten = await run(url, "forget", key.id);
    expect(forgotten).toMatchObject({ code: 0, stderr: "" });
    expect(forgotten.stdout).toContain(`${key.id}: forgotten. Its next delivery runs the handler once more`);
    expect((await run(url, "status", key.id)).stdout).toContain(`${key.id}  released\n`);
    expect((await run(url, "forget", key.id)).code).toBe(1);
    await hold(store, key, "the next one");
  });

  test("forget of what is at work changes nothing", async () => {
    const { url, store } = place;
    const { key, holder } = await hold(store);
    const { code, stdout } = await run(url, "forget", key.id);
    expect(code).toBe(1);
    expect(stdout).toContain("nothing was changed. A process is at work on it");
    expect(await store.complete(key, holder)).toBe("ok");
  });

  test("pending lists what is held in every namespace, the oldest first; --older-than leaves out the others", async () => {
    const { url, store } = place;
    const { stdout } = await run(url, "pending", "--json", "--namespace", "nothing");
    expect(stdout).toBe("");
    const first = await hold(store, newKey("clinic"));
    await sleep(5);
    const second = await hold(store, newKey("clinic\nworker"));
    const all = await run(url, "pending", "--json");
    expect(all.code).toBe(1);
    const found = all.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    const own = found.filter(({ id }) => [first.key.id, second.key.id].includes(id));
    expect(own).toMatchObject([
      { ...first.key, host: "web-1", pid: 4711, owner: OWNER, claimedSecondsAgo: expect.any(Number) },
      { ...second.key, secondsLeft: expect.any(Number) },
    ]);
    const some = await run(url, "pending", "--namespace", "clinic");
    expect(some.stdout).toContain(`  ${first.key.id}`);
    expect(some.stdout).not.toContain(second.key.id);
    expect(some.stdout).toMatch(/ {2}process 4711 on web-1\n\n1 claim is held in /);
    const old = await run(url, "pending", "--older-than", "5m", "--namespace", "clinic");
    expect(old).toMatchObject({ code: 0, stdout: expect.stringContaining("✓ No claim is held in") });
  });

  test("release --force takes the event from its holder, whose result does not count any more", async () => {
    const { url, store } = place;
    const { key, holder } = await hold(store);
    const released = await run(url, "release", key.id, "--force", "--yes");
    expect(released).toMatchObject({ code: 0, stderr: "" });
    expect(released.stdout).toContain(`${key.id}: released. The next delivery runs a handler`);
    expect(await store.complete(key, holder)).toBe("lost");
    const next = await hold(store, key, "the next one");
    expect(await store.complete(key, next.holder)).toBe("ok");
    const again = await run(url, "release", key.id, "--force", "--yes", "--json");
    expect(again.code).toBe(1);
    expect(JSON.parse(again.stdout)).toMatchObject({ id: key.id, state: "done", isReleased: false });
  });

  test("release without --force, or without --yes where there is no terminal, changes nothing and says what it risks", async () => {
    const { url, store } = place;
    const { key, holder } = await hold(store);
    for (const options of [[], ["--force"]]) {
      const { code, stdout, stderr } = await run(url, "release", key.id, ...options);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr.replaceAll("\n", " ")).toContain("the event can be processed twice");
      expect(stderr).toContain(options.length === 0 ? "Add --force." : "Add --yes");
    }
    expect(await store.complete(key, holder)).toBe("ok");
  });

  test("a lease that ran out: its process died, and the next delivery needs no release", async () => {
    const { url, store } = place;
    const { key } = await hold(store, newKey(), OWNER, 1);
    await sleep(5);
    const { stdout } = await run(url, "status", key.id);
    expect(stdout).toMatch(/ {2}lease {6}ran out \d+ s ago\n/);
    expect(stdout).toContain("Its process died, stood still or lost the store.");
    expect((await run(url, "release", key.id, "--force", "--yes")).code).toBe(0);
  });

  test("ids with odd characters, and a worker's claim of the same id", async () => {
    const { url, store } = place;
    const id = `%41:*?[a]'";--$1\\{}~${++ids}`;
    const { holder } = await hold(store, { namespace: "mintfax", id });
    await store.complete({ namespace: "mintfax", id }, holder);
    const worker = { namespace: "mintfax\nworker", id };
    const atWork = await hold(store, worker);
    const { claims } = JSON.parse((await run(url, "status", id, "--json")).stdout);
    expect(claims).toMatchObject([
      { id, namespace: "mintfax", state: "done" },
      { id, namespace: "mintfax\nworker", state: "pending" },
    ]);
    await store.complete(worker, atWork.holder);
    const { stdout } = await run(url, "forget", id);
    expect(stdout).toContain("and will skip it");
    expect((await run(url, "forget", id, "--worker")).code).toBe(0);
    expect((await store.inspect(worker)).state).toBe("released");
  });

  test("the commands of docs/at-night.md run, and answer as that page says", async () => {
    const { url, store } = place;
    const lines = codeBlocks("sh")
      .filter(({ page }) => page === PAGE)
      .flatMap(({ source }) => source.split("\n"))
      .flatMap((line) => /^\s*npx mintfax-webhooks ((?:status|pending|release) .*)/.exec(line)?.[1] ?? []);
    expect(lines.map((line) => line.split(" ")[0])).toEqual(["status", "pending", "release"]);
    const [status = "", pending = "", release = ""] = lines;
    const type = (line: string, ...more: string[]): Promise<Finished> =>
      run(url, ...line.split(" "), ...more);
    const key = { namespace: "mintfax", id: status.split(" ")[1] as string };
    const page = readFileSync(join(ROOT, PAGE), "utf8");
    const says = async (said: string, shown: RegExp): Promise<void> => {
      expect(page).toContain(`| ${said} `);
      expect((await type(status)).stdout).toMatch(shown);
    };
    await says("`absent`", / {2}absent\n/);
    await hold(store, key, OWNER, 1);
    await sleep(5);
    await says("`pending`, and the lease ran out", / {2}pending\n.*lease {6}ran out /s);
    const { holder } = await hold(store, key);
    await says("`pending`, and the lease ends", / {2}pending\n.*lease {6}ends in /s);
    expect((await type(pending)).code).toBe(0);
    expect((await type(release, "--yes")).code).toBe(0);
    expect(await store.complete(key, holder)).toBe("lost");
    const next = await hold(store, key);
    await store.complete(key, next.holder);
    await says("`done`", / {2}done\n/);
  });
}
