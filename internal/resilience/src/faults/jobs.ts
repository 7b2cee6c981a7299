import { HAS_PGBOUNCER } from "test-support/pgbouncer-server";
import { HAS_REDIS } from "test-support/redis-server";
import type { Options } from "./options.ts";
import type { StoreKind } from "./receiver/settings.ts";
import { ROWS } from "./rows/index.ts";
import type { Row } from "./rows/row.ts";

/** A row of the table on one store. */
export interface Job {
  readonly row: Row;
  readonly kind: StoreKind;
  /** Of this job alone, in every run the same. */
  readonly key: string;
}

/** In the order of the table. */
export function jobsFor({ short, only, store }: Options): Job[] {
  const jobs = ROWS.flatMap((row, number) =>
    row.stores.map((kind) => ({ row, kind, key: `${number}${kind.replace(" ", "")}` })),
  );
  return jobs.filter(
    ({ row, kind }) =>
      (row.inShort || !short) &&
      row.fault.includes(only) &&
      (store ?? kind) === kind &&
      (HAS_REDIS || kind !== "redis") &&
      (HAS_PGBOUNCER || row.ownServer !== "pgbouncer"),
  );
}
