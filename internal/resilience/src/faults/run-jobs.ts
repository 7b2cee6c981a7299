import { actAtOnce } from "test-support/at-once";
import { Random } from "test-support/random";
import {
  type ServerKind,
  type StoreServer,
  startStoreServer,
  stopAllStoreServers,
  stopStoreServer,
} from "./conductor/store-server.ts";
import type { Job } from "./jobs.ts";
import type { Options } from "./options.ts";
import type { Result } from "./play.ts";

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

  function sharedServer(kind: ServerKind): Promise<StoreServer> {
    const server = shared.get(kind) ?? startStoreServer(kind);
    shared.set(kind, server);
    return server;
  }

  async function run(job: Job): Promise<Result> {
    const { short, seed, plant } = options;
    const setting = { short, random: new Random(seed, job.key), plant, folder };
    if (job.server === "memory") return job.play({ ...setting, server: undefined });
    if (job.ownServer === undefined) return job.play({ ...setting, server: await sharedServer(job.server) });
    const server = await startStoreServer(job.server, job.ownServer === true ? undefined : job.ownServer);
    try {
      return await job.play({ ...setting, server });
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
    const together = jobs.filter(({ alone }) => alone !== true);
    await runAll(together, options.short ? AT_A_TIME.short : AT_A_TIME.full);
    const alone = jobs.filter(({ alone }) => alone === true);
    await runAll(alone, 1);
  } finally {
    await stopAllStoreServers();
  }
  return jobs.flatMap((job) => results.get(job) ?? []);
}
