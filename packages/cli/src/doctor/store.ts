import type { CheckFinding } from "@mintfax-webhooks/core";
import { tlsInWords } from "../output/tls-error.ts";
import type { StoreAddress } from "../stores/address.ts";
import { SERVERS, withStore } from "../stores/with-store.ts";
import { UsageError } from "../usage-error.ts";

/** What the store finds of itself. One that cannot be opened is a finding, too. */
export async function checkStore(address: StoreAddress): Promise<readonly CheckFinding[]> {
  try {
    const findings = await withStore(address, async ({ store }) => (await store.check?.()) ?? []);
    return address.kind === "sqlite" ? findings : findings.map((finding) => withTlsInWords(finding, address));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return [{ code: "store_opened", level: "error", ok: false, message: error.message }];
  }
}

type ServerAddress = Exclude<StoreAddress, { readonly kind: "sqlite" }>;

/** A store knows its client, and not the URL, in which the fix has to be made. */
function withTlsInWords(finding: CheckFinding, { kind, url }: ServerAddress): CheckFinding {
  const said =
    finding.code === `${kind}_reachable` && finding.ok === false
      ? tlsInWords(finding.message, url)
      : undefined;
  return said === undefined ? finding : { ...finding, message: `${SERVERS[kind]} cannot be used: ${said}` };
}
