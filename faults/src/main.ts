/**
 * Faults: real receiver processes on real stores, a sender that keeps mintfax's promises, and everything that can go
 * wrong between them. Prints what was lost and what was doubled; exits with 1 if anything was that need not be.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { HAS_REDIS } from "../../test/support/redis-server.ts";
import {
  type StoreServer,
  startStoreServer,
  stopAllStoreServers,
  stopStoreServer,
} from "./conductor/store-server.ts";
import { optionsFrom } from "./options.ts";
import { play, type Result } from "./play.ts";
import { randomFrom } from "./random.ts";
import type { StoreKind } from "./receiver/settings.ts";
import { heading, notesOf, rowOf, totals } from "./report.ts";
import { ROWS } from "./rows/index.ts";
import type { Row } from "./rows/row.ts";
import { nowMs } from "./terms.ts";

/** A row mostly waits for its sender's schedule, so several are played at a time. */
const AT_A_TIME = { short: 9, full: 6 };
const LIMIT_MS = { short: 300_000, full: 1_200_000 };

interface Job {
  readonly row: Row;
  readonly kind: StoreKind;
  readonly key: string;
}

const options = optionsFrom(process.argv.slice(2));
const form = options.short ? "short" : "full";
const folder = mkdtempSync(join(tmpdir(), "mintfax-faults-"));
const startedMs = nowMs();
const shared = new Map<string, Promise<StoreServer>>();

const jobs = ROWS.flatMap((row, number) =>
  row.stores.map((kind) => ({ row, kind, key: `${number}${kind.replace(" ", "")}` })),
).filter(
  ({ row, kind }) =>
    (row.inShort || !options.short) &&
    row.fault.includes(options.only) &&
    (options.store ?? kind) === kind &&
    (HAS_REDIS || kind !== "redis"),
);

/** Both kinds of Postgres store share one server. */
function sharedServer(kind: Exclude<StoreKind, "memory">): Promise<StoreServer> {
  const name = kind === "redis" ? "redis" : "postgres";
  const server = shared.get(name) ?? startStoreServer(kind);
  shared.set(name, server);
  return server;
}

async function run({ row, kind, key }: Job): Promise<Result> {
  const setting = { key, kind, short: options.short, random: randomFrom(options.seed, key), folder };
  const more = { plant: options.plant };
  if (kind === "memory") return play(row, { ...setting, ...more, server: undefined });
  if (row.ownServer !== true) return play(row, { ...setting, ...more, server: await sharedServer(kind) });
  const server = await startStoreServer(kind);
  try {
    return await play(row, { ...setting, ...more, server });
  } finally {
    await stopStoreServer(server);
  }
}

async function runAll(queue: Job[], atATime: number): Promise<Result[]> {
  const results: Result[] = [];
  const worker = async (): Promise<void> => {
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
      const result = await run(job);
      results.push(result);
      const seconds = ((nowMs() - startedMs) / 1_000).toFixed(0);
      console.log(`${`${seconds} s`.padStart(6)}  ${rowOf(result)}`);
      for (const note of notesOf(result)) console.log(`      ${note}`);
    }
  };
  await Promise.all(Array.from({ length: atATime }, worker));
  return results;
}

async function main(): Promise<boolean> {
  console.log(`Faults, ${form} form, seed ${options.seed}, Node ${process.version}, ${cpus().length} cores`);
  if (!HAS_REDIS) {
    console.log("No redis-server on the PATH: without the rows of Redis.");
    if (process.env.CI === "true") return false;
  }
  console.log(`${jobs.length} rows; p/u: preventable and unpreventable, acc/ref: accepted and refused\n`);
  console.log(`        ${heading()}`);
  const results = [
    ...(await runAll(
      jobs.filter(({ row }) => row.alone !== true),
      AT_A_TIME[form],
    )),
    ...(await runAll(
      jobs.filter(({ row }) => row.alone === true),
      1,
    )),
  ];

  const order = ROWS.map(({ fault }) => fault);
  results.sort((a, b) => order.indexOf(a.fault) - order.indexOf(b.fault));
  console.log(`\n${heading()}`);
  for (const result of results) console.log(rowOf(result));
  console.log(`\n${totals(results).join("\n")}`);
  const failed = results.filter(({ problems }) => problems.length > 0).length;
  console.log(
    `\n${((nowMs() - startedMs) / 1_000).toFixed(0)} s; rows: ${results.length - failed} held, ${failed} broke`,
  );
  return failed === 0 && results.length > 0;
}

/** Rejects when somebody wants us to stop, or when it has gone on for too long. */
const stopped = new Promise<never>((_, reject) => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => reject(new Error(signal)));
  setTimeout(() => reject(new Error(`not over after ${LIMIT_MS[form] / 1_000} s`)), LIMIT_MS[form]).unref();
});

let passed = false;
try {
  passed = await Promise.race([main(), stopped]);
} finally {
  await stopAllStoreServers();
  if (passed) rmSync(folder, { recursive: true });
  else console.log(`The ledgers are in ${folder}`);
}
process.exit(passed ? 0 : 1);
