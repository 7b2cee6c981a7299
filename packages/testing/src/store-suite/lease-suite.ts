import { bounded } from "./bounded.ts";
import { SuiteBuilder } from "./build-suite.ts";
import { checkFails } from "./check.ts";
import { keyOf } from "./keys.ts";
import { finish, LEASE_MS } from "./lease/claiming.ts";
import { expiry } from "./lease/expiry.ts";
import { forgetting } from "./lease/forgetting.ts";
import { inspecting } from "./lease/inspecting.ts";
import { checkOwnersAfterLoss } from "./lease/losing.ts";
import { races } from "./lease/races.ts";
import { checkFenceIsRetained, checkRetention } from "./lease/retaining.ts";
import { separation } from "./lease/separation.ts";
import { transitions } from "./lease/transitions.ts";
import type { LeaseStoreSuiteOptions, OpenedLeaseStore } from "./lease-options.ts";
import { RETENTION_FLOOR_MS } from "./retention.ts";
import type { StoreSuite } from "./suite.ts";

/**
 * Returns named cases, for any test runner, of all that the engine needs of a `LeaseStore`: every transition, races, leases,
 * fences, namespaces, odd ids, retention, loss of data, and an unreachable store.
 *
 * @example
 * Certifies your own store with Vitest; `node:test` works the same way.
 * ```ts
 * import { leaseStoreSuite } from "@mintfax-webhooks/testing/store-suite";
 * import { expect, test } from "vitest";
 *
 * const { cases, skipped } = leaseStoreSuite({
 *   name: "my store",
 *   open: (options) => ({ store: createMyStore({ ...options, table: newTable() }), close() {} }),
 *   unavailable: { "connection refused": () => ({ store: createMyStore({ port: 1 }), close() {} }) },
 * });
 * for (const { name, run } of cases) test(name, run);
 * test("only these cases were left out", () => expect(skipped).toHaveLength(3));
 * ```
 */
export function leaseStoreSuite<Opened extends OpenedLeaseStore>(
  options: LeaseStoreSuiteOptions<Opened>,
): StoreSuite {
  const { name, open, elapse, wipe, unavailable } = options;
  const suite = new SuiteBuilder<Opened>(name, open);
  for (const properties of [transitions, forgetting, inspecting, expiry, races, separation])
    suite.add(properties);

  suite.addRetentionBounds(async ({ store }) => void (await finish(store, keyOf("event"), "me")));

  const done = "done is remembered for the retention, counted from complete, and not longer";
  const fence = "the fence of a released or crashed claim is kept for the retention";
  if (elapse === undefined) {
    for (const property of [done, fence]) suite.leaveOut(property, "no `elapse`");
  } else {
    const retentionMs = RETENTION_FLOOR_MS;
    suite.add([
      { name: done, retentionMs, holds: (opened) => checkRetention(opened, elapse) },
      { name: fence, retentionMs, holds: (opened) => checkFenceIsRetained(opened, elapse) },
    ]);
  }

  const owners = "a holder from before a loss of all data settles nothing";
  if (wipe === undefined) suite.leaveOut(owners, "no `wipe`");
  else suite.add([{ name: owners, holds: (opened) => checkOwnersAfterLoss(opened, wipe) }]);

  suite.addUnavailable("every call fails within 5 s", unavailable, checkUnavailable);
  return suite.suite();
}

async function checkUnavailable({ store }: OpenedLeaseStore): Promise<void> {
  const key = keyOf("event");
  const holder = { owner: "me", fence: 1 };
  const calls = {
    claim: () => store.claim(key, "me", LEASE_MS),
    renew: () => store.renew(key, holder, LEASE_MS),
    complete: () => store.complete(key, holder),
    release: () => store.release(key, holder),
    forget: () => store.forget(key),
    inspect: () => store.inspect(key),
  };
  // At once, as deliveries arrive: a store that handles them one by one would add up their timeouts.
  await Promise.all(Object.entries(calls).map(([call, act]) => bounded(call, () => checkFails(call, act))));
}
