import { check } from "../check.ts";
import { keyOf } from "../keys.ts";
import type { LeaseStoreSuiteOptions, OpenedLeaseStore } from "../lease-options.ts";
import { MINUTE_MS, RETENTION_FLOOR_MS } from "../retention.ts";
import { checkRefused, finish, LEASE_MS, take } from "./claiming.ts";

type Elapse<Opened extends OpenedLeaseStore> = NonNullable<LeaseStoreSuiteOptions<Opened>["elapse"]>;

/** A finished id is done for the retention of an hour, and claimable after it. */
export async function checkRetention<Opened extends OpenedLeaseStore>(
  opened: Opened,
  elapse: Elapse<Opened>,
): Promise<void> {
  const { store } = opened;
  const key = keyOf("retained");
  // From `complete` on, not from the claim.
  const holder = await take(store, key, "me");
  await elapse(MINUTE_MS, opened);
  check("complete by the holder", await store.complete(key, holder), "ok");
  await elapse(RETENTION_FLOOR_MS - MINUTE_MS, opened);
  await checkRefused("a minute before retention ends", store, key, "done");
  check("inspect a minute before retention ends", (await store.inspect(key)).state, "done");
  check("complete, repeated that late", await store.complete(key, holder), "ok");
  await elapse(RETENTION_FLOOR_MS + MINUTE_MS, opened);
  check("forget after retention", await store.forget(key), "absent");
  check("inspect after retention", await store.inspect(key), { state: "absent" });
  await finish(store, key, "after retention");
}

/** A row outlives its lease: a fence must not start anew while a stale worker may still run. */
export async function checkFenceIsRetained<Opened extends OpenedLeaseStore>(
  opened: Opened,
  elapse: Elapse<Opened>,
): Promise<void> {
  const { store } = opened;
  const released = keyOf("released");
  const crashed = keyOf("crashed");
  const first = await take(store, released, "first");
  check("release by the holder", await store.release(released, first), "ok");
  const stale = await take(store, crashed, "stale");
  await elapse(RETENTION_FLOOR_MS - MINUTE_MS, opened);
  check(
    "the fence of the released claim has grown",
    (await take(store, released, "second")).fence > first.fence,
    true,
  );
  const next = await take(store, crashed, "next");
  check("the fence of the crashed claim has grown", next.fence > stale.fence, true);
  check("renew by the crashed holder", await store.renew(crashed, stale, LEASE_MS), "lost");
}
