import { HAS_MARIADB } from "test-support/mariadb-server";
import { HAS_REDIS } from "test-support/redis-server";
import type { Options, StoreName } from "./options.ts";
import type { Subject } from "./stores/subject.ts";
import { type Walk, walk } from "./stores/walk.ts";

/** Walks at once, each on a key of its own, where the commands of one turn share a call of the store. Others: one. */
const WALKS_AT_ONCE: Partial<Record<StoreName, number>> = {
  Redis: 8,
  "Postgres, lease": 8,
  "MySQL, lease": 8,
};

interface Walkable {
  walk(seed: number): Promise<Walk>;
  close(): unknown;
}

/** Loaded when it is their turn: some of them bring half a platform along. */
const OPEN: Readonly<Record<StoreName, (plant?: string) => Promise<Walkable>>> = {
  memory: async (plant) => walkable((await import("./stores/memory.ts")).openMemory(plant)),
  Redis: async () => walkable(await (await import("./stores/redis.ts")).openRedis()),
  "Postgres, lease": async () => walkable(await (await import("./stores/postgres.ts")).openPostgres()),
  "Postgres, same transaction": async () =>
    (await import("./stores/transactional-postgres.ts")).openPostgresTransactional(),
  "MySQL, lease": async () => walkable(await (await import("./stores/mysql.ts")).openMysql()),
  "MySQL, same transaction": async () =>
    (await import("./stores/transactional-mysql.ts")).openMysqlTransactional(),
  SQLite: async () => walkable((await import("./stores/sqlite.ts")).openSqlite()),
  "Durable Object": async () => walkable(await (await import("./stores/cloudflare.ts")).openDurableObject()),
  D1: async () => walkable(await (await import("./stores/cloudflare.ts")).openD1()),
};

function walkable(subject: Subject): Walkable {
  return { walk: (seed) => walk(subject, seed), close: () => subject.close() };
}

/** By store: the program that it needs and that is not there. */
const MISSING: Partial<Record<StoreName, string>> = {
  ...(!HAS_REDIS && { Redis: "redis-server" }),
  ...(!HAS_MARIADB && { "MySQL, lease": "mariadbd", "MySQL, same transaction": "mariadbd" }),
};

/** Walks every store, one after another. @returns whether the machine explains all that they answered */
export async function runStores({ seed, walks, plant }: Options): Promise<boolean> {
  let held = true;
  for (const name of Object.keys(OPEN) as StoreName[]) {
    if (walks[name] === 0) continue;
    const program = MISSING[name];
    if (program !== undefined) {
      console.log(`${name}: left out, there is no ${program} on the PATH`);
      if (process.env.CI === "true") held = false;
      continue;
    }
    const opened = await OPEN[name](plant);
    try {
      held = (await runStore(name, opened, seed, walks[name])) && held;
    } finally {
      await opened.close();
    }
  }
  return held;
}

async function runStore(name: StoreName, store: Walkable, seed: number, walks: number): Promise<boolean> {
  const started = process.hrtime.bigint();
  const walksAtOnce = WALKS_AT_ONCE[name] ?? 1;
  let commands = 0;
  for (let from = 0; from < walks; from += walksAtOnce) {
    const seeds = Array.from({ length: Math.min(walksAtOnce, walks - from) }, (_, at) => seed + from + at);
    const walked = await Promise.all(seeds.map((each) => store.walk(each)));
    for (const [at, { commands: more, counterexample }] of walked.entries()) {
      commands += more;
      if (counterexample === undefined) continue;
      console.log(`${name}: no state of the machine explains the last line of this, with seed ${seeds[at]}:`);
      for (const line of counterexample) console.log(`  ${line}`);
      return false;
    }
  }
  // The clock of this process may be a virtual one.
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  console.log(
    `${name}: ${walks.toLocaleString("en")} walks, seeds ${seed} to ${seed + walks - 1}, ` +
      `${commands.toLocaleString("en")} commands, 0 counterexamples; ${seconds.toFixed(1)} s`,
  );
  return true;
}
