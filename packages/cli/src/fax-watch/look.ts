import type { FaxWatch, FaxWatchStatus, OutstandingFax } from "@mintfax-webhooks/core/store";

/** What a look at a fax watch has found. */
export interface Look extends FaxWatchStatus {
  /** Faxes that owe their final event for longer than was asked for. */
  readonly overdue: number;
  /** The first of them, the oldest first. */
  readonly faxes: readonly OutstandingFax[];
}

const KEPT = 1_000;

/** @param olderThanMs default: all that is owed */
export async function lookAt(watch: FaxWatch, olderThanMs?: number): Promise<Look> {
  const status = await watch.status();
  const faxes: OutstandingFax[] = [];
  let overdue = 0;
  // The database's clock decides where it can.
  const outstanding = watch.outstanding(
    olderThanMs === undefined ? {} : { olderThan: new Date(Date.now() - olderThanMs) },
  );
  for await (const fax of outstanding) {
    overdue += 1;
    if (faxes.length < KEPT) faxes.push(fax);
  }
  return { ...status, overdue, faxes };
}
