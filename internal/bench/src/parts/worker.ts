import type { Expected } from "../load/answers.ts";
import { Generator } from "../load/generator.ts";
import { type Measured, measure } from "../load/measure.ts";
import { WorkerServer } from "../measured/worker.ts";
import type { PartResult, Row } from "../report/result.ts";
import { inRounds } from "../stats/rounds.ts";
import { figureOf, ratioOf } from "../stats/summary.ts";
import type { Effort } from "./part.ts";

const WORKERS: Readonly<Record<string, readonly [label: string, expected: Expected]>> = {
  floor: ["floor: reads the body, answers", { status: 200, contains: "ok" }],
  "hono-floor": ["Hono: reads the body, c.text", { status: 200, contains: "ok" }],
  "hono-guide": ["Hono: vendor's guide, standardwebhooks", { status: 200, contains: '{"received":true}' }],
  least: ["Hono: least that verifies within limits", { status: 200, contains: '"outcome":"processed"' }],
  mintfax: ["Hono: mintfax", { status: 200, contains: '"outcome":"processed"' }],
  "queue-send": ["stores the body in a queue, answers", { status: 200, contains: "ok" }],
  "queue-hand-off": [
    "Hono: mintfax, handed off to the queue",
    { status: 200, contains: '"outcome":"processed"' },
  ],
};
const NAMES = Object.keys(WORKERS);

export const GUIDE_TO_OURS = "Worker: vendor's guide / ours, by CPU";

/** A delivery in workerd, which runs Workers at Cloudflare too. By the CPU time of its process. */
export async function worker({ rounds, seconds, filter }: Effort): Promise<PartResult> {
  const names = NAMES.filter((name) => name.includes(filter));
  const found = await measureWorkers(names, { rounds, seconds });

  const valuesOf = (name: string, key: keyof Measured) => found.get(name)?.map((measured) => measured[key]);
  const cpuOf = (name: string, floor: string) => {
    const [own, others] = [valuesOf(name, "cpuMicros"), valuesOf(floor, "cpuMicros")];
    return own && others && name !== floor ? ratioOf(others, own) : undefined;
  };
  const beside = cpuOf("mintfax", "hono-guide");
  return {
    tables: [
      {
        title: "A delivery to a Worker in workerd, 1 kB, 32 connections",
        rowsAre: "Worker",
        columns: [
          { name: "of the floor, by CPU", unit: "ratio" },
          { name: "of Hono's floor, by CPU", unit: "ratio" },
          { name: "of the guide, by CPU", unit: "ratio" },
          { name: "of the least, by CPU", unit: "ratio" },
          { name: "of storing alone, by CPU", unit: "ratio" },
          { name: "requests/s", unit: "per second" },
          { name: "CPU µs", unit: "µs" },
        ],
        rows: names.map(
          (name): Row => ({
            label: WORKERS[name]?.[0] ?? name,
            figures: [
              cpuOf(name, "floor"),
              cpuOf(name, "hono-floor"),
              cpuOf(name, "hono-guide"),
              cpuOf(name, "least"),
              name === "queue-hand-off" ? cpuOf(name, "queue-send") : undefined,
              figureOf(valuesOf(name, "perSecond") ?? []),
              figureOf(valuesOf(name, "cpuMicros") ?? []),
            ],
          }),
        ),
      },
    ],
    targets:
      beside === undefined ? [] : [{ what: GUIDE_TO_OURS, unit: "ratio", atLeast: 1.2, found: beside }],
    notes: [
      "The CPU time is that of the whole process of workerd: its HTTP included, which Cloudflare does not bill.",
    ],
  };
}

/** @returns the measurements of each Worker, in turns, each in a fresh process */
export async function measureWorkers(
  names: readonly string[],
  { rounds, seconds }: Pick<Effort, "rounds" | "seconds">,
): Promise<Map<string, Measured[]>> {
  const generator = await Generator.start();
  return inRounds(names, rounds, async (name) => {
    const server = await WorkerServer.start(name);
    const [, expected] = WORKERS[name] as (typeof WORKERS)[string];
    const plan = { kind: "mintfax", expected, handles: true, seconds } as const;
    return measure(server, generator, plan).finally(() => server.stop());
  }).finally(() => generator.stop());
}
