import type { Expected } from "../load/answers.ts";
import { Generator } from "../load/generator.ts";
import { type Measured, measure } from "../load/measure.ts";
import type { Kind } from "../load/requests.ts";
import { Server } from "../measured/server.ts";
import type { PartResult, Row, Target } from "../report/result.ts";
import { inRounds } from "../stats/rounds.ts";
import { figureOf, ratioOf } from "../stats/summary.ts";
import type { Effort } from "./part.ts";

/** A refusal, and the acceptance of as much on as many connections. */
interface Refusal {
  readonly expected: Expected;
  readonly like: Kind;
}

const ACCEPTED: Expected = { status: 200, contains: '"outcome":"processed"' };
const ALONE = "mintfax, a connection each";
const LARGE = "mintfax, 200 kB";

const REFUSALS: Readonly<Partial<Record<Kind, Refusal>>> = {
  "stale timestamp": { expected: refused("timestamp_too_old"), like: "mintfax" },
  "bad signature": { expected: refused("signature_mismatch"), like: "mintfax" },
  "16 bogus tokens": { expected: refused("signature_mismatch"), like: "mintfax" },
  "1,000 bogus tokens": { expected: refused("signature_malformed"), like: "mintfax" },
  "16 KB signature": { expected: refused("signature_malformed"), like: "mintfax" },
  // The connection ends with them, since the rest of the body may still come.
  "oversized, head only": { expected: refused("body_too_large", 413), like: ALONE },
  "oversized, sent in full": { expected: refused("body_too_large", 413), like: LARGE },
};
const KINDS = ["mintfax", ALONE, LARGE, ...Object.keys(REFUSALS)] as Kind[];

/** What it costs a server to say no, beside what it costs to say yes. On bare `node:http`, where nothing hides it. */
export async function refusals({ rounds, seconds, runtime, filter }: Effort): Promise<PartResult> {
  const kinds = KINDS.filter((kind) => kind.startsWith("mintfax") || kind.includes(filter));
  const generator = await Generator.start();
  const found = await inRounds(kinds, rounds, async (kind) => {
    const server = await Server.start("node-mintfax", runtime);
    try {
      const { expected = ACCEPTED } = REFUSALS[kind] ?? {};
      return await measure(server, generator, { kind, expected, seconds, handles: !(kind in REFUSALS) });
    } catch (error) {
      throw new Error(`${kind}: ${(error as Error).message}`, { cause: error });
    } finally {
      await server.stop();
    }
  }).finally(() => generator.stop());

  const cpuOf = (kind: Kind) => (found.get(kind) as Measured[]).map(({ cpuMicros }) => cpuMicros);
  return {
    tables: [
      {
        title: "Refusals beside acceptances, core/node on node:http",
        rowsAre: "delivery",
        columns: [
          { name: "CPU of acceptance", unit: "ratio" },
          { name: "CPU µs", unit: "µs" },
          { name: "requests/s", unit: "per second" },
        ],
        rows: kinds.map((kind): Row => {
          const like = REFUSALS[kind]?.like;
          return {
            label: like === undefined ? `accepted: ${kind}` : `refused: ${kind} (beside ${like})`,
            figures: [
              like === undefined ? undefined : ratioOf(cpuOf(kind), cpuOf(like)),
              figureOf(cpuOf(kind)),
              figureOf((found.get(kind) as Measured[]).map(({ perSecond }) => perSecond)),
            ],
          };
        }),
      },
    ],
    targets: kinds.flatMap((kind): Target[] => {
      const like = REFUSALS[kind]?.like;
      if (like === undefined) return [];
      const what = `CPU of a refusal / of an acceptance: ${kind}`;
      return [{ what, unit: "ratio", atMost: 1, found: ratioOf(cpuOf(kind), cpuOf(like)) }];
    }),
    notes: [],
  };
}

function refused(code: string, status = 400): Expected {
  return { status, contains: `"code":"${code}"` };
}
