import type { DedupKey } from "@mintfax-webhooks/core/store";
import { createPostgresStore, type PostgresStore } from "@mintfax-webhooks/postgres";
import { beforeAll } from "vitest";
import { TestDatabase } from "./test-database.ts";
import { watchedPool } from "./watched-pool.ts";

export const LEASE_MS = 45_000;

let keys = 0;

export function newKeys(count: number): DedupKey[] {
  return Array.from({ length: count }, newKey);
}

export function newKey(): DedupKey {
  keys += 1;
  return { namespace: "mintfax", id: `evt_${keys}` };
}

/** @returns the fence */
export async function claimed(store: PostgresStore, key: DedupKey, owner: string): Promise<number> {
  const claim = await store.claim(key, owner, LEASE_MS);
  if (claim.state !== "claimed") throw new Error(claim.state);
  return claim.fence;
}

/** A server for the tests of a file, with the table of a lease store. */
export class LeaseDatabase extends TestDatabase {
  constructor() {
    super();
    beforeAll(() => createPostgresStore({ pool: this.admin }).migrate());
  }

  /** A store whose statements are watched. */
  opened(
    { timeoutMs = 5_000, max }: { readonly timeoutMs?: number; readonly max?: number } = {},
    run?: Parameters<typeof watchedPool>[1],
  ): ReturnType<typeof watchedPool> & { readonly store: PostgresStore } {
    const watched = watchedPool({ connectionString: this.url, max }, run);
    return { ...watched, store: createPostgresStore({ pool: watched.pool, timeoutMs }) };
  }
}
