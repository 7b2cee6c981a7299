import { hostname } from "node:os";
import type { LeaseStore } from "@mintfax-webhooks/core";
import { eventFixture, signDelivery } from "@mintfax-webhooks/testing";
import { afterEach, expect, test, vi } from "vitest";

const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** Who the store is told that claims two deliveries, in a core that has made no claim before. */
async function ownersOfTwo(): Promise<readonly [string, string]> {
  vi.resetModules();
  const { createFetchHandler, createMemoryStore } = await import("@mintfax-webhooks/core");
  const owners: string[] = [];
  const memory = createMemoryStore();
  const store: LeaseStore = {
    kind: "lease",
    claim(key, owner, leaseMs) {
      owners.push(owner);
      return memory.claim(key, owner, leaseMs);
    },
    renew: (...args) => memory.renew(...args),
    complete: (...args) => memory.complete(...args),
    release: (...args) => memory.release(...args),
    forget: (...args) => memory.forget(...args),
    inspect: (...args) => memory.inspect(...args),
  };
  const webhooks = createFetchHandler({ secret: SECRET, store, onOutcome() {} }).on("*", () => {});
  for (let count = 0; count < 2; count += 1) {
    const { headers, body } = signDelivery(eventFixture("fax.delivered"), { secret: SECRET });
    await webhooks(new Request("https://clinic.example/webhooks/mintfax", { method: "POST", headers, body }));
  }
  return owners as unknown as readonly [string, string];
}

test("the store is told which process of which host has a claim, and nothing of the event", async () => {
  const [first, second] = await ownersOfTwo();
  const [host, pid, start, rest] = first.split("/");
  expect(host).toBe(hostname().split(".")[0]?.slice(-32));
  expect(pid).toBe(String(process.pid));
  const startedMs = Number.parseInt(start ?? "", 36) * 1_000;
  expect(Math.abs(Date.now() - startedMs)).toBeLessThan(60_000);
  expect(rest).toMatch(/^[A-Za-z0-9_-]{12}\.1$/);
  expect(second).toBe(first.replace(/1$/, "2"));
});

test.each<[string, () => unknown, string]>([
  ["a domain is left out", () => "web-1.clinic.example", "web-1"],
  ["a long name keeps its end", () => `${"x".repeat(40)}-web-1`, `${"x".repeat(26)}-web-1`],
  ["what an owner cannot hold becomes a hyphen", () => "web 1/ü_A", "web-1--_A"],
  ["none", () => "", "unknown-host"],
  ["not a text", () => undefined, "unknown-host"],
  [
    "may not be read",
    () => {
      throw new Error("--allow-sys");
    },
    "unknown-host",
  ],
])("the name of the host: %s", async (_, name, host) => {
  vi.spyOn(process, "getBuiltinModule").mockReturnValue({ hostname: name });
  expect((await ownersOfTwo())[0].split("/")[0]).toBe(host);
});

test("the name of the host: a platform without node:os", async () => {
  vi.spyOn(process, "getBuiltinModule").mockReturnValue(undefined as never);
  expect((await ownersOfTwo())[0].split("/")[0]).toBe("unknown-host");
});

test("the name of the host: a platform without modules of its own", async () => {
  vi.stubGlobal("process", Object.assign(Object.create(process), { getBuiltinModule: undefined }));
  expect((await ownersOfTwo())[0].split("/")[0]).toBe("unknown-host");
});

test("on Cloudflare, the platform is named, and the id is 0", async () => {
  vi.stubGlobal("navigator", { userAgent: "Cloudflare-Workers" });
  expect((await ownersOfTwo())[0]).toMatch(/^cloudflare-workers\/0\//);
});

test("a platform without a navigator, and a process without an id", async () => {
  vi.stubGlobal("navigator", undefined);
  vi.spyOn(process, "pid", "get").mockReturnValue("web" as never);
  expect((await ownersOfTwo())[0].split("/")[1]).toBe("0");
});

test("random bytes are letters, digits, hyphens and underscores", async () => {
  vi.spyOn(crypto, "getRandomValues").mockImplementation((array) => {
    (array as unknown as Uint8Array).set([0xfb, 0xef, 0xff]);
    return array;
  });
  expect((await ownersOfTwo())[0]).toMatch(/\/--__A{8}\.1$/);
});
