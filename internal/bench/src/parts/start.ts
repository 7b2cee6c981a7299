import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Started } from "../inside/start/report.ts";
import { builtFile } from "../processes/build.ts";
import type { PartResult, Row, Target } from "../report/result.ts";
import { inRounds } from "../stats/rounds.ts";
import { figureOf } from "../stats/summary.ts";
import type { Effort } from "./part.ts";

/** What is imported, and what it is compared with. */
const PROGRAMS = {
  nothing: ["nothing", undefined],
  "crypto-alone": ["node:crypto alone, which core imports", "nothing"],
  core: ["core", "nothing"],
  "http-alone": ["node:http alone, as in every server", "nothing"],
  http: ["node:http and core", "http-alone"],
  "express-alone": ["Express alone", "nothing"],
  express: ["Express and the adapter", "express-alone"],
  "hono-alone": ["Hono and its Node server alone", "nothing"],
  hono: ["Hono, its Node server and the adapter", "hono-alone"],
  "koa-alone": ["Koa alone", "nothing"],
  koa: ["Koa and the adapter", "koa-alone"],
} as const;
const NAMES = Object.keys(PROGRAMS) as (keyof typeof PROGRAMS)[];
const TARGETS = {
  core: "core, to a process with nothing else",
  http: "core, to one with node:http",
  express: "the express adapter with core",
  hono: "the hono adapter with core",
  koa: "the koa adapter with core",
} as const;
/** A start takes little, and varies a lot. */
const STARTS_PER_ROUND = 5;

/** How much later a Node process is ready for importing us. */
export async function start({ rounds, runtime: { node } }: Effort): Promise<PartResult> {
  const found = await inRounds(NAMES, rounds * STARTS_PER_ROUND, async (name) => {
    const { stdout } = await promisify(execFile)(node ?? process.execPath, [
      builtFile(`inside/start/${name}`),
    ]);
    return JSON.parse(stdout) as Started;
  });
  const added = (name: keyof typeof PROGRAMS, key: "wallMs" | "cpuMs") => {
    const other = PROGRAMS[name][1];
    if (other === undefined) return undefined;
    const valuesOf = (of: keyof typeof PROGRAMS) =>
      (found.get(of) as Started[]).map((started) => started[key]);
    const others = valuesOf(other);
    return figureOf(valuesOf(name).map((value, round) => value - (others[round] as number)));
  };
  return {
    tables: [
      {
        title: "Start of a Node process that imports it (medians over many starts)",
        rowsAre: "imported",
        columns: [
          { name: "added ms", unit: "ms" },
          { name: "added CPU ms", unit: "ms" },
          { name: "ms", unit: "ms" },
        ],
        rows: NAMES.map(
          (name): Row => ({
            label: PROGRAMS[name][0],
            figures: [
              added(name, "wallMs"),
              added(name, "cpuMs"),
              figureOf((found.get(name) as Started[]).map(({ wallMs }) => wallMs)),
            ],
          }),
        ),
      },
    ],
    targets: (Object.keys(TARGETS) as (keyof typeof TARGETS)[]).flatMap((name): Target[] => {
      const ms = added(name, "wallMs");
      const what = `Start: ms added by ${TARGETS[name]}`;
      return ms === undefined
        ? []
        : [{ what, unit: "ms", atMost: 15, found: ms, byCpu: added(name, "cpuMs") }];
    }),
    notes: [],
  };
}
