import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CONTESTANTS, type ContestantName } from "../contestants/list.ts";
import { Generator } from "../load/generator.ts";
import { measure } from "../load/measure.ts";
import { Server } from "../measured/server.ts";
import type { PartResult, Row } from "../report/result.ts";
import { type CpuProfile, PLACE_NAMES, type Place, sharesByPlace } from "../stats/places.ts";
import { inRounds } from "../stats/rounds.ts";
import { figureOf } from "../stats/summary.ts";
import type { Effort } from "./part.ts";

const NAMES = ["node-floor", "node-native", "node-mintfax"] as const satisfies readonly ContestantName[];

type Micros = ReadonlyMap<Place, number>;

/** Where the CPU time of a delivery goes, over bare `node:http`. */
export async function profile({ rounds, seconds, runtime }: Effort): Promise<PartResult> {
  const generator = await Generator.start();
  try {
    const found = await inRounds(NAMES, rounds, (name) => microsByPlace(name, generator, runtime, seconds));
    const row = (label: string, take: (micros: Micros) => number): Row => ({
      label,
      figures: NAMES.map((name) => figureOf((found.get(name) ?? []).map(take))),
    });
    const folders = new Set([...found.values()].flat().flatMap((micros) => [...micros.keys()]));
    for (const place of PLACE_NAMES) folders.delete(place);
    const table = {
      title: "CPU µs of a delivery by where they go, on node:http, with V8's profiler at work",
      rowsAre: "where",
      columns: NAMES.map((name) => ({ name: CONTESTANTS[name].label, unit: "µs" as const })),
      rows: [
        ...[...PLACE_NAMES, ...[...folders].sort()].map((place) =>
          row(place, (micros) => micros.get(place) ?? 0),
        ),
        row("together", (micros) => [...micros.values()].reduce((sum, each) => sum + each, 0)),
      ],
    };
    return { tables: [table], targets: [], notes: [] };
  } finally {
    await generator.stop();
  }
}

async function microsByPlace(
  name: ContestantName,
  generator: Generator,
  { node, flags = [] }: Effort["runtime"],
  seconds: number,
): Promise<Micros> {
  const folder = await mkdtemp(join(tmpdir(), "mintfax-profile-"));
  try {
    const watched = [...flags, "--cpu-prof", `--cpu-prof-dir=${folder}`];
    const server = await Server.start(name, { node, flags: watched });
    const plan = { ...CONTESTANTS[name], seconds };
    const { cpuMicros } = await measure(server, generator, plan).finally(() => server.stop());
    const shares = sharesByPlace(profileIn(folder));
    return new Map([...shares].map(([place, share]) => [place, share * cpuMicros]));
  } finally {
    await rm(folder, { recursive: true });
  }
}

function profileIn(folder: string): CpuProfile {
  const [file] = readdirSync(folder);
  if (file === undefined) throw new Error("the server has written no profile");
  return JSON.parse(readFileSync(join(folder, file), "utf8")) as CpuProfile;
}
