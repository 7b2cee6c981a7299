import {
  type CheckFinding,
  checkSetup,
  createFetchHandler,
  type LeaseStore,
  type TransactionalStore,
} from "@mintfax-webhooks/core";

export type Store = LeaseStore | TransactionalStore<unknown>;

interface Checked {
  readonly ready: boolean;
  readonly codes: readonly string[];
  readonly findings: readonly CheckFinding[];
}

/** What is not green, as `code level ok`, and whether a receiver on this store is ready. */
export async function notGreen(store: Store): Promise<Checked> {
  const webhooks = createFetchHandler({ secret: `whsec_${"A".repeat(32)}`, store: store as LeaseStore });
  const { ready, findings } = await checkSetup(webhooks.on("*", () => {}));
  const codes = findings.flatMap(({ code, level, ok }) => (ok === true ? [] : [`${code} ${level} ${ok}`]));
  return { ready, codes, findings };
}

export function ofCode(findings: readonly CheckFinding[], code: string): CheckFinding | undefined {
  return findings.find((finding) => finding.code === code);
}
