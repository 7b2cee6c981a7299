import { actAtOnce } from "test-support/at-once";
import { Random } from "test-support/random";
import {
  type StoreServer,
  startStoreServer,
  stopAllStoreServers,
  stopStoreServer,
} from "./conductor/store-server.ts";
import type { Job } from "./jobs.ts";
import type { Options } from "./options.ts";
import { play, type Result } from "./play.ts";
import type { StoreKind } from "./receiver/settings.ts";

/** A row mostly waits for its sender's schedule, so several are played at a time. */
const AT_A_TIME = { short: 9, full: 6 };

/**
 * Plays jobs, those that need the machine for themselves at the end.
 *
 * @param folder for the ledgers
 * @param onResult told of each one as it is over
 * @returns in the order of the jobs
 */
export async function runJobs(
  jobs: readonly Job[],
  options: Options,
  folder: string,
  onResult: (result: Result) => void,
): Promise<Result[]> {
  const results = new Map<Job, Result>();
  const shared = new Map<string, Promise<StoreServer>>();

  /** Both kinds of Postgres store share one server. */
  function sharedServer(kind: Exclude<StoreKind, "memory">): Promise<StoreServer> {
    const name = kind === "redis" ? "redis" : "postgres";
    const server = shared.get(name) ?? startStoreServer(kind);
    shared.set(name, server);
    return server;
  }

  async function run({ row, kind, key }: Job): Promise<Result> {
    const { short, seed, plant } = options;
    const setting = { key, kind, short, random: new Random(seed, key), plant, folder };
    if (kind === "memory") return play(row, { ...setting, server: undefined });
    if (row.ownServer === undefined) return play(row, { ...setting, server: await sharedServer(kind) });
    const server = await startStoreServer(kind, row.ownServer === true ? undefined : row.ownServer);
    try {
      return await play(row, { ...setting, server });
    } finally {
      await stopStoreServer(server);
    }
  }

  async function runAll(queue: readonly Job[], atATime: number): Promise<void> {
    await actAtOnce(atATime, queue.length, async (index) => {
      const job = queue[index] as Job;
      const result = await run(job);
      results.set(job, result);
      onResult(result);
    });
  }

  try {
    const together = jobs.filter(({ row }) => row.alone !== true);
    await runAll(together, options.short ? AT_A_TIME.short : AT_A_TIME.full);
    const alone = jobs.filter(({ row }) => row.alone === true);
    await runAll(alone, 1);
  } finally {
    await stopAllStoreServers();
  }
  return jobs.flatMap((job) => results.get(job) ?? []);
}
