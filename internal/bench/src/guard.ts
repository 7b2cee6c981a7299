import { HAS_REDIS, RedisServer } from "test-support/redis-server";
import { CONTESTANTS, type ContestantName } from "./contestants/list.ts";
import type { Grouped, GroupedTaken } from "./inside/redis.ts";
import { Generator } from "./load/generator.ts";
import { atWork } from "./parts/at-work.ts";
import { bundle } from "./parts/bundle.ts";
import { measureTogether } from "./parts/http.ts";
import type { Effort } from "./parts/part.ts";
import { GROUP_COMMIT, ofVerified, postgres } from "./parts/postgres.ts";
import { verify } from "./parts/verify.ts";
import { GUIDE_TO_OURS, measureWorkers } from "./parts/worker.ts";
import { builtFile } from "./processes/build.ts";
import { Child } from "./processes/child.ts";

/** A ratio fails at this part of its target: wide, for a machine that does other things as well. */
const MARGIN = 0.6;
const SECONDS = 2;

/** One thing that must not get much worse. */
interface Check {
  readonly what: string;
  readonly target: number;
  /** The same every time, so without a margin. */
  readonly isExact?: boolean;
  measure(runtime: Effort["runtime"]): Promise<number>;
}

interface RedisWay extends Pick<Grouped, "batchMax"> {
  readonly question: "grouped" | "leastInFlight";
}

const IN_GROUPS: RedisWay = { question: "grouped" };
const ONE_STEP_A_CALL: RedisWay = { question: "grouped", batchMax: 1 };
const ONE_SET_A_CALL: RedisWay = { question: "leastInFlight" };

/** What each reaches by CPU time: docs/internals/speed-limits.md. */
const OF_LEAST = { node: 0.85, express: 0.85, hono: 0.8, koa: 0.75 };

/** Ratios by CPU time or of bytes, which others on the machine disturb least. */
const CHECKS: readonly Check[] = [
  {
    what: "verification of 1 kB: HMAC, comparison and JSON.parse / ours",
    target: 1 / 1.1,
    async measure(runtime) {
      const { targets } = await verify({ rounds: 2, seconds: SECONDS / 4, runtime, filter: "1 kB" });
      return 1 / (targets[0]?.found.median ?? Number.NaN);
    },
  },
  {
    what: "Express: standardwebhooks / ours",
    target: 1.3,
    measure: (runtime) => cpuRatio("express-guide", "express-mintfax", runtime),
  },
  {
    what: "node:http: bare / ours",
    target: 0.65,
    measure: (runtime) => cpuRatio("node-floor", "node-mintfax", runtime),
  },
  {
    what: "Postgres lease store, 128 in flight: a statement for each call / shared ones",
    target: 5,
    async measure(runtime) {
      const { targets } = await postgres({ rounds: 2, seconds: SECONDS / 4, runtime, filter: GROUP_COMMIT });
      return targets.find(({ what }) => what.includes("128 in flight"))?.byCpu?.median ?? Number.NaN;
    },
  },
  ...(["node", "express", "hono", "koa"] as const).map((framework) => ({
    what: `${CONTESTANTS[`${framework}-mintfax`].group}: HMAC and JSON.parse alone / ours`,
    target: OF_LEAST[framework],
    measure: (runtime: Effort["runtime"]) => cpuRatio(`${framework}-native`, `${framework}-mintfax`, runtime),
  })),
  {
    what: "Postgres same-transaction store: its statements with HMAC and JSON.parse / deliveries",
    target: 0.75,
    measure: ofVerified,
  },
  {
    what: "node:http: 1,500 bytes / heap of a delivery at work, beyond bare",
    target: 1,
    async measure(runtime) {
      const { targets } = await atWork({ rounds: 2, seconds: SECONDS, runtime, filter: "" });
      return 1_500 / (targets[0]?.found.median ?? Number.NaN);
    },
  },
  { what: GUIDE_TO_OURS, target: 0.75, measure: guideToOurs },
  { what: "Worker bundle: gzipped bytes allowed / ours", target: 1, isExact: true, measure: bytesToOurs },
  ...(HAS_REDIS
    ? [
        {
          what: "Redis store, 32 in flight: one step a call / in groups",
          target: 2.5,
          measure: (runtime: Effort["runtime"]) =>
            redisRatio(runtime, ONE_STEP_A_CALL, IN_GROUPS, ({ cpuMicros }) => cpuMicros),
        },
        {
          what: "Redis server, 32 in flight: scripts of one SET / one step a call",
          target: 0.85,
          measure: (runtime: Effort["runtime"]) =>
            redisRatio(runtime, ONE_SET_A_CALL, ONE_STEP_A_CALL, ({ serverCpuMicros }) => serverCpuMicros),
        },
      ]
    : []),
];

/** @returns whether every ratio is within its margin, at the second try at the latest */
export async function guard(runtime: Effort["runtime"]): Promise<boolean> {
  let allHeld = true;
  for (const check of CHECKS)
    allHeld = ((await holds(check, runtime)) || (await holds(check, runtime))) && allHeld;
  return allHeld;
}

async function holds(
  { what, target, isExact = false, measure }: Check,
  runtime: Effort["runtime"],
): Promise<boolean> {
  const least = isExact ? target : target * MARGIN;
  const found = await measure(runtime);
  const held = found >= least;
  console.log(`${held ? "held" : "WORSE"}: ${what}: ${found.toFixed(2)}, at least ${least.toFixed(2)}`);
  return held;
}

async function cpuRatio(
  other: ContestantName,
  own: ContestantName,
  runtime: Effort["runtime"],
): Promise<number> {
  const generator = await Generator.start();
  const found = await measureTogether([other, own], generator, { runtime, seconds: SECONDS }).finally(() =>
    generator.stop(),
  );
  return (found.get(other)?.cpuMicros ?? Number.NaN) / (found.get(own)?.cpuMicros ?? Number.NaN);
}

async function guideToOurs(): Promise<number> {
  const found = await measureWorkers(["hono-guide", "mintfax"], { rounds: 2, seconds: SECONDS });
  const leastOf = (name: string) => Math.min(...(found.get(name) ?? []).map(({ cpuMicros }) => cpuMicros));
  return leastOf("hono-guide") / leastOf("mintfax");
}

/** Checked options, messages, masks, and claims and completions that outlive a store's silence take most of it. */
const BUNDLE_BYTES = 17_664;

async function bytesToOurs(): Promise<number> {
  const { targets } = await bundle();
  return BUNDLE_BYTES / (targets[0]?.found.median ?? Number.NaN);
}

async function redisRatio(
  runtime: Effort["runtime"],
  over: RedisWay,
  under: RedisWay,
  cost: (taken: GroupedTaken) => number,
): Promise<number> {
  const server = await RedisServer.start();
  const child = await Child.start(builtFile("inside/redis"), runtime);
  try {
    await child.ask("connect", { url: server.url });
    const ask = async ({ question, ...bound }: RedisWay, count: number): Promise<number> => {
      const asked: Grouped = { client: "ioredis", atOnce: 32, count, ...bound };
      return cost(await child.ask<GroupedTaken>(question, asked));
    };
    await ask(over, 2_000);
    await ask(under, 2_000);
    return (await ask(over, 20_000)) / (await ask(under, 20_000));
  } finally {
    await child.stop();
    await server.stop();
  }
}
