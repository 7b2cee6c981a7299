import { CONTESTANT_NAMES, CONTESTANTS, type ContestantName } from "../contestants/list.ts";
import { Generator } from "../load/generator.ts";
import { type Measured, measureWarm, type Pace, type Plan, warmUp } from "../load/measure.ts";
import type { Kind } from "../load/requests.ts";
import { Server } from "../measured/server.ts";
import type { PartResult, Row, Table, Target } from "../report/result.ts";
import { inRounds, toAndFro } from "../stats/rounds.ts";
import { type Figure, figureOf, mediansOf, ratioOf } from "../stats/summary.ts";
import type { Effort } from "./part.ts";

/** Ours, what it is compared with, and the least ratio of requests a second that was asked for. */
const TARGETS: readonly (readonly [ContestantName, ContestantName, number])[] = [
  ["express-mintfax", "express-floor", 1.0],
  ["express-mintfax", "express-guide", 1.3],
  ["hono-mintfax", "hono-floor", 0.65],
  ["hono-mintfax", "hono-guide", 1.65],
  ["koa-mintfax", "koa-floor", 0.6],
  ["koa-mintfax", "koa-guide", 1.45],
  ["node-mintfax", "node-floor", 0.65],
  ["node-mintfax", "octokit", 1.15],
  ["node-mintfax", "node-native", 0.92],
  ["express-mintfax", "express-native", 0.92],
  ["hono-mintfax", "hono-native", 0.92],
  ["koa-mintfax", "koa-native", 0.92],
];
const SLICES = 8;

/** What is sent, where it is not what the contestant takes usually. */
interface Load {
  readonly kind?: Kind;
  readonly connections?: number;
}

type Rounds = ReadonlyMap<ContestantName, readonly Measured[]>;

/** The full way of a delivery over HTTP: claim, handler and completion included, with the memory store. */
export async function http(effort: Effort): Promise<PartResult> {
  const names = CONTESTANT_NAMES.filter((name) => name.includes(effort.filter));
  const groups = [...new Set(names.map((name) => CONTESTANTS[name].group))];
  const generator = await Generator.start();
  try {
    const found = await inRounds(groups, effort.rounds, (group) =>
      measureTogether(
        names.filter((name) => CONTESTANTS[name].group === group),
        generator,
        effort,
      ),
    );
    const rounds: Rounds = new Map([...found.values()].flatMap((ofGroup) => [...byName(ofGroup)]));
    return { tables: [tableOf(names, rounds)], targets: targetsOf(rounds), notes: [] };
  } finally {
    await generator.stop();
  }
}

function byName(rounds: readonly ReadonlyMap<ContestantName, Measured>[]): Map<ContestantName, Measured[]> {
  const names = [...(rounds[0]?.keys() ?? [])];
  return new Map(names.map((name) => [name, rounds.map((round) => round.get(name) as Measured)]));
}

/**
 * Measures contestants in turns that are short. In fresh processes each time: no two come out alike of a just-in-time
 * compiler.
 */
export async function measureTogether(
  names: readonly ContestantName[],
  generator: Generator,
  { runtime, seconds, ...load }: Pick<Effort, "runtime" | "seconds"> & Load,
): Promise<Map<ContestantName, Measured>> {
  const running = new Map<ContestantName, Contender>();
  try {
    for (const name of names)
      running.set(
        name,
        await Contender.start(name, generator, runtime, { ...load, seconds: seconds / SLICES }),
      );
    const found = await toAndFro(names, SLICES, (name) => (running.get(name) as Contender).takeTurn());
    return new Map([...found].map(([name, turns]) => [name, mediansOf(turns)]));
  } finally {
    for (const contender of running.values()) await contender.stop();
  }
}

/** A contestant whose server runs, and is warm. */
class Contender {
  readonly name: ContestantName;
  readonly #server: Server;
  readonly #generator: Generator;
  readonly #plan: Plan;
  #pace: Pace | undefined;

  static async start(
    name: ContestantName,
    generator: Generator,
    runtime: Effort["runtime"],
    load: Load & { readonly seconds: number },
  ): Promise<Contender> {
    const contender = new Contender(name, await Server.start(name, runtime), generator, load);
    await contender.#explained(async () => {
      contender.#pace = await warmUp(contender.#server, generator, contender.#plan);
    });
    return contender;
  }

  private constructor(
    name: ContestantName,
    server: Server,
    generator: Generator,
    load: Load & { readonly seconds: number },
  ) {
    this.name = name;
    this.#server = server;
    this.#generator = generator;
    this.#plan = { ...CONTESTANTS[name], ...load };
  }

  takeTurn(): Promise<Measured> {
    return this.#explained(() => measureWarm(this.#server, this.#generator, this.#plan, this.#pace as Pace));
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }

  async #explained<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw new Error(`${this.name}: ${(error as Error).message}`, { cause: error });
    }
  }
}

function tableOf(names: readonly ContestantName[], rounds: Rounds): Table {
  return {
    title: "A delivery over HTTP, 1 kB, 32 connections (medians and ranges over rounds)",
    rowsAre: "server",
    columns: [
      { name: "of its floor", unit: "ratio" },
      { name: "by CPU", unit: "ratio" },
      { name: "of the guide", unit: "ratio" },
      { name: "by CPU", unit: "ratio" },
      { name: "requests/s", unit: "per second" },
      { name: "CPU µs", unit: "µs" },
      { name: "p50 ms", unit: "ms" },
      { name: "p99 ms", unit: "ms" },
    ],
    rows: names.map((name) => rowOf(name, rounds)),
  };
}

function rowOf(name: ContestantName, rounds: Rounds): Row {
  const [prefix] = name.split("-");
  const floor = prefix === "octokit" ? "node-floor" : (`${prefix}-floor` as ContestantName);
  const guide = floor === "node-floor" ? "octokit" : (`${prefix}-guide` as ContestantName);
  const all = (key: keyof Measured) => figureOf((rounds.get(name) ?? []).map((measured) => measured[key]));
  const { group, label } = CONTESTANTS[name];
  return {
    label: `${group}: ${label}`,
    figures: [
      byRate(rounds, name, floor),
      byCpu(rounds, name, floor),
      byRate(rounds, name, guide),
      byCpu(rounds, name, guide),
      all("perSecond"),
      all("cpuMicros"),
      all("p50Ms"),
      all("p99Ms"),
    ],
  };
}

function targetsOf(rounds: Rounds): Target[] {
  return TARGETS.flatMap(([name, other, atLeast]) => {
    const found = byRate(rounds, name, other);
    if (found === undefined) return [];
    const what = `${CONTESTANTS[name].group}: mintfax / ${CONTESTANTS[other].label}`;
    return [{ what, unit: "ratio", atLeast, found, byCpu: byCpu(rounds, name, other) }];
  });
}

/** How many times the other's requests a second. */
function byRate(rounds: Rounds, name: ContestantName, other: ContestantName): Figure | undefined {
  return compare(rounds, name, other, (own, others) => ratioOf(own.map(rate), others.map(rate)));
}

/** The same by what a request takes of the processor, which others on the machine disturb less. */
function byCpu(rounds: Rounds, name: ContestantName, other: ContestantName): Figure | undefined {
  return compare(rounds, name, other, (own, others) => ratioOf(others.map(cpu), own.map(cpu)));
}

const rate = ({ perSecond }: Measured): number => perSecond;
const cpu = ({ cpuMicros }: Measured): number => cpuMicros;

function compare(
  rounds: Rounds,
  name: ContestantName,
  other: ContestantName,
  ratio: (own: readonly Measured[], others: readonly Measured[]) => Figure,
): Figure | undefined {
  const [own, others] = [rounds.get(name), rounds.get(other)];
  return own === undefined || others === undefined || name === other ? undefined : ratio(own, others);
}
