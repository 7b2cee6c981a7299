/**
 * Faults: real receiver processes on real stores, a sender that keeps mintfax's promises, and everything that can go
 * wrong between them. Prints what was lost and what was doubled; exits with 1 if anything was that need not be.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { HAS_PGBOUNCER } from "test-support/pgbouncer-server";
import { HAS_REDIS } from "test-support/redis-server";
import { printVerdict } from "../verdict.ts";
import { stopAllStoreServers } from "./conductor/store-server.ts";
import { jobsFor } from "./jobs.ts";
import { optionsFrom } from "./options.ts";
import { heading, notesOf, rowOf, totals } from "./report.ts";
import { runJobs } from "./run-jobs.ts";
import { nowMs } from "./terms.ts";

/** One problem: the run as a whole. */
const NOT_RUN = 1;
/** Far more than either form takes. */
const LIMIT_MS = 1_200_000;

const options = optionsFrom(process.argv.slice(2));
const jobs = jobsFor(options);
if (jobs.length === 0) {
  console.error(`No row has "${options.only}" in its name on this machine. Rows:`);
  for (const { fault, kind } of jobsFor({ ...options, only: "", short: false }))
    console.error(`  ${fault}, on ${kind}`);
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), "mintfax-faults-"));
const startedMs = nowMs();
const seconds = () => `${((nowMs() - startedMs) / 1_000).toFixed(0)} s`;

/** @returns how many rows broke */
async function main(): Promise<number> {
  const form = options.short ? "short" : "full";
  console.log(`Faults, ${form} form, seed ${options.seed}, Node ${process.version}, ${cpus().length} cores`);
  if (!HAS_REDIS) console.log("No redis-server on the PATH: without the rows of Redis.");
  if (!HAS_PGBOUNCER) console.log("No pgbouncer on the PATH: without the row of PgBouncer.");
  if (process.env.CI === "true" && !(HAS_REDIS && HAS_PGBOUNCER)) return NOT_RUN;
  console.log(`${jobs.length} rows. p/u: preventable and unpreventable; acc/ref: accepted and refused\n`);
  console.log(`        ${heading()}`);
  const results = await runJobs(jobs, options, folder, (result) => {
    console.log(`${seconds().padStart(6)}  ${rowOf(result)}`);
    for (const note of notesOf(result)) console.log(`      ${note}`);
  });

  console.log(`\n${heading()}`);
  for (const result of results) console.log(rowOf(result));
  console.log(`\n${totals(results).join("\n")}`);
  const broke = results.filter(({ problems }) => problems.length > 0).length;
  console.log(`\n${seconds()}; rows: ${results.length - broke} held, ${broke} broke`);
  return broke;
}

/** Rejects on SIGINT and SIGTERM, and after LIMIT_MS. */
const stopped = new Promise<never>((_, reject) => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => reject(new Error(signal)));
  setTimeout(() => reject(new Error(`not over after ${LIMIT_MS / 1_000} s`)), LIMIT_MS).unref();
});

let broke = NOT_RUN;
try {
  broke = await Promise.race([main(), stopped]);
} catch (error) {
  console.error(error);
}
await stopAllStoreServers();
if (broke === 0) rmSync(folder, { recursive: true });
else console.log(`The ledgers are in ${folder}`);
// Receivers that are left end with this process.
process.exit(printVerdict(broke));
