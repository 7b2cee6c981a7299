import { createRedisStore, type RedisClient } from "@mintfax-webhooks/redis";
import { expect, test, vi } from "vitest";

const LEASE_MS = 45_000;
/** To end what hangs: a busy machine takes long. */
const PATIENCE = { timeout: 120_000, interval: 100 };

test("a server that answers slowly, but does answer, is not left", async () => {
  let connects = 0;
  const client = {
    status: "ready",
    disconnect: () => {
      connects += 1;
    },
    evalsha: (_sha: string, _count: number, key: string) =>
      key.endsWith("slow") ? new Promise(() => {}) : Promise.resolve(1),
    eval: async () => 1,
  } as unknown as RedisClient;
  const store = createRedisStore({ client, timeoutMs: 50 });
  const slow = Promise.resolve(store.claim({ namespace: "test", id: "slow" }, "me", LEASE_MS));
  await expect(slow).rejects.toThrow("within 50 ms");
  await store.claim({ namespace: "test", id: "fast" }, "me", LEASE_MS);
  await expect(
    Promise.resolve(store.claim({ namespace: "test", id: "slow" }, "me", LEASE_MS)),
  ).rejects.toThrow("within 50 ms");
  expect(connects).toBe(0);
  // Now nothing has been answered since the last call was sent.
  await vi.waitFor(() => expect(connects).toBe(1), PATIENCE);
});

test("the client leaves a primary that has become a replica, and not again for every call", async () => {
  let connects = 0;
  const readOnly = async () => {
    throw new Error("READONLY You can't write against a read only replica.");
  };
  const client = {
    status: "ready",
    disconnect: (reconnect: boolean) => {
      expect(reconnect).toBe(true);
      connects += 1;
    },
    evalsha: readOnly,
    eval: readOnly,
  } as unknown as RedisClient;
  const store = createRedisStore({ client });
  const calls = Array.from({ length: 10 }, (_, i) =>
    store.claim({ namespace: "test", id: `${i}` }, "me", LEASE_MS),
  );
  for (const call of calls) await expect(call).rejects.toMatchObject({ code: "store_unavailable" });
  expect(connects).toBe(1);
});
