import type { CheckFinding } from "@mintfax-webhooks/core";
import type { StoreAddress } from "../stores/address.ts";
import { withStore } from "../stores/with-store.ts";
import { UsageError } from "../usage-error.ts";

/** What the store finds of itself. One that cannot be opened is a finding, too. */
export async function checkStore(address: StoreAddress): Promise<readonly CheckFinding[]> {
  try {
    return await withStore(address, async ({ store }) => (await store.check?.()) ?? []);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return [{ code: "store_opened", level: "error", ok: false, message: error.message }];
  }
}
