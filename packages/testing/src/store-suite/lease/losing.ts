import { check } from "../check.ts";
import { keyOf } from "../keys.ts";
import type { LeaseStoreSuiteOptions, OpenedLeaseStore } from "../lease-options.ts";
import { checkFree, checkLost, checkRefused, take } from "./claiming.ts";

/** A store that has lost its fences may issue one a second time. Then only the owners tell two holders apart. */
export async function checkOwnersAfterLoss<Opened extends OpenedLeaseStore>(
  opened: Opened,
  wipe: NonNullable<LeaseStoreSuiteOptions<Opened>["wipe"]>,
): Promise<void> {
  const { store } = opened;
  const key = keyOf("lost");
  const stale = await take(store, key, "from before the loss");
  await wipe(opened);
  await checkFree("a holder whose claim was lost", store, key, stale);
  const holder = await take(store, key, "from after it");
  for (const owner of [stale.owner, "a third"]) {
    await checkLost("another owner, even with the same fence", store, key, { owner, fence: holder.fence });
  }
  check("complete by the holder", await store.complete(key, holder), "ok");
  await checkLost("another owner, even with the fence of what is done", store, key, {
    owner: stale.owner,
    fence: holder.fence,
  });
  await checkRefused("after it all", store, key, "done");
}
