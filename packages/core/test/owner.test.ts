import { hostname } from "node:os";
import type { LeaseStore } from "@mintfax-webhooks/core";
import { eventFixture, signDelivery } from "@mintfax-webhooks/testing";
import { expect, test, vi } from "vitest";

const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";

test("the store is told which process of which host has a claim, and nothing of the event", async () => {
  // Another test may have made the first claim of this process, by a clock of its own.
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
  const [first = "", second = ""] = owners;
  const [host, pid, start, rest] = first.split("/");
  expect(host).toBe(hostname().split(".")[0]?.slice(-32));
  expect(pid).toBe(String(process.pid));
  const startedMs = Number.parseInt(start ?? "", 36) * 1_000;
  expect(Math.abs(Date.now() - startedMs)).toBeLessThan(60_000);
  expect(rest).toMatch(/^[A-Za-z0-9_-]{12}\.1$/);
  expect(second).toBe(first.replace(/1$/, "2"));
});
