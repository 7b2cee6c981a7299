import { Generator } from "./load/generator.ts";
import { measureTogether } from "./parts/http.ts";
import type { Effort } from "./parts/part.ts";
import { verify } from "./parts/verify.ts";

/** A ratio fails at this part of its target: wide, for a machine that does other things as well. */
const MARGIN = 0.6;
const SECONDS = 2;

/** One thing that must not get much worse. */
interface Check {
  readonly what: string;
  readonly target: number;
  measure(runtime: Effort["runtime"]): Promise<number>;
}

/** By CPU time throughout, which others on the machine disturb least. */
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
];

/** @returns whether every ratio is within its margin, at the second try at the latest */
export async function guard(runtime: Effort["runtime"]): Promise<boolean> {
  let allHeld = true;
  for (const check of CHECKS)
    allHeld = ((await holds(check, runtime)) || (await holds(check, runtime))) && allHeld;
  return allHeld;
}

async function holds({ what, target, measure }: Check, runtime: Effort["runtime"]): Promise<boolean> {
  const least = target * MARGIN;
  const found = await measure(runtime);
  const held = found >= least;
  console.log(
    `${held ? "held" : "WORSE"}: ${what}: ${found.toFixed(2)} by CPU time, at least ${least.toFixed(2)}`,
  );
  return held;
}

async function cpuRatio(
  other: "express-guide" | "node-floor",
  own: "express-mintfax" | "node-mintfax",
  runtime: Effort["runtime"],
): Promise<number> {
  const generator = await Generator.start();
  const found = await measureTogether([other, own], generator, { runtime, seconds: SECONDS }).finally(() =>
    generator.stop(),
  );
  return (found.get(other)?.cpuMicros ?? Number.NaN) / (found.get(own)?.cpuMicros ?? Number.NaN);
}
