import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { RemoteStore } from "./support/remote-store.ts";
import { Workerd } from "./support/workerd.ts";

const LEASE_MS = 45_000;
const keyOf = (id: string) => ({ namespace: "test", id });

test("after a restart of workerd, both stores know what was claimed, released and done", async () => {
  const folder = mkdtempSync(join(tmpdir(), "cloudflare-store-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  let workerd = await Workerd.start(folder);
  const stores = () => (["Durable Object", "D1"] as const).map((name) => new RemoteStore(workerd, name));
  try {
    await workerd.do({ do: "migrate" });
    for (const store of stores()) {
      for (const id of ["claimed", "released", "done"]) await store.claim(keyOf(id), "me", LEASE_MS);
      expect(await store.release(keyOf("released"), { owner: "me", fence: 1 })).toBe("ok");
      expect(await store.complete(keyOf("done"), { owner: "me", fence: 1 })).toBe("ok");
    }
    await workerd.stop();
    workerd = await Workerd.start(folder);
    for (const store of stores()) {
      const claim = (id: string) => store.claim(keyOf(id), "you", LEASE_MS);
      expect(await claim("claimed")).toEqual({ state: "pending" });
      expect(await claim("released")).toEqual({ state: "claimed", fence: 2 });
      expect(await claim("done")).toEqual({ state: "done" });
      expect(await store.complete(keyOf("claimed"), { owner: "me", fence: 1 })).toBe("ok");
    }
  } finally {
    await workerd.stop();
  }
});
