import { RemoteStore } from "test-support/cloudflare/remote-store";
import { Workerd } from "test-support/cloudflare/workerd";
import type { Subject } from "./subject.ts";

const RETENTION_MS = 30 * 24 * 3_600_000;
const MOVE_BACK =
  "UPDATE mintfax_dedup SET lease_until_ms = lease_until_ms - ?1, expires_ms = expires_ms - ?1 WHERE namespace = ?2 AND id = ?3";

/** In workerd, each call a request to it. */
export async function openDurableObject(): Promise<Subject> {
  const workerd = await Workerd.start();
  return {
    name: "Durable Object",
    store: new RemoteStore(workerd, "Durable Object"),
    retentionMs: RETENTION_MS,
    elapse: (ms, key) => workerd.do({ do: "call an object", key, method: "elapse", args: [ms] }),
    close: () => workerd.stop(),
  };
}

export async function openD1(): Promise<Subject> {
  const workerd = await Workerd.start();
  await workerd.do({ do: "migrate" });
  return {
    name: "D1",
    store: new RemoteStore(workerd, "D1"),
    retentionMs: RETENTION_MS,
    elapse: (ms, { namespace, id }) =>
      workerd.do({ do: "query", sql: MOVE_BACK, values: [ms, namespace, id] }),
    close: () => workerd.stop(),
  };
}
