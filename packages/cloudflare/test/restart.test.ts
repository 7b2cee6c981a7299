import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RemoteStore } from "test-support/cloudflare/remote-store";
import { Workerd } from "test-support/cloudflare/workerd";
import { expect, onTestFinished, test } from "vitest";

const LEASE_MS = 45_000;
const keyOf = (id: string) => ({ namespace: "test", id });

// Threat: T03
test("after a restart of workerd, both stores know what was claimed, released and done", async () => {
  const folder = mkdtempSync(join(tmpdir(), "cloudflare-store-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  let workerd = await Workerd.start(folder);
  const stores = () => (["Durable Object", "D1"] as const).map((name) => new RemoteStore(workerd, name));
  try {
    await workerd.do({ do: "migrate" });
    const fences: Record<string, number>[] = [];
    for (const store of stores()) {
      const of: Record<string, number> = {};
      for (const id of ["claimed", "released", "done"]) {
        const claim = await store.claim(keyOf(id), "me", LEASE_MS);
        of[id] = claim.state === "claimed" ? claim.fence : -1;
      }
      fences.push(of);
      const holderOf = (id: string) => ({ owner: "me", fence: of[id] ?? -1 });
      expect(await store.release(keyOf("released"), holderOf("released"))).toBe("ok");
      expect(await store.complete(keyOf("done"), holderOf("done"))).toBe("ok");
    }
    await workerd.stop();
    workerd = await Workerd.start(folder);
    for (const [i, store] of stores().entries()) {
      const { claimed = -1, released = -1 } = fences[i] ?? {};
      const claim = (id: string) => store.claim(keyOf(id), "you", LEASE_MS);
      expect(await claim("claimed")).toEqual({ state: "pending" });
      const again = await claim("released");
      expect(again.state === "claimed" && again.fence > released).toBe(true);
      expect(await claim("done")).toEqual({ state: "done" });
      expect(await store.complete(keyOf("claimed"), { owner: "me", fence: claimed })).toBe("ok");
    }
  } finally {
    await workerd.stop();
  }
});
