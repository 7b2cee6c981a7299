import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { PART_NAMES, type PartName } from "./parts/index.ts";
import type { ChildOptions } from "./processes/child.ts";

/** What was asked for on the command line; docs/internals/benchmarks.md explains it. */
export interface Options {
  readonly parts: readonly { readonly name: PartName; readonly filter: string }[];
  readonly rounds: number;
  readonly seconds: number;
  readonly runtime: Pick<ChildOptions, "node" | "flags">;
  readonly guard: boolean;
}

const FULL = { rounds: 7, seconds: 2 };
const SHORT = { rounds: 3, seconds: 0.7 };

/** @throws {RangeError} for what it does not know */
export function optionsFrom(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string", default: PART_NAMES.join(",") },
      rounds: { type: "string" },
      short: { type: "boolean", default: false },
      node: { type: "string" },
      profile: { type: "string" },
      guard: { type: "boolean", default: false },
    },
  });
  const effort = values.short ? SHORT : FULL;
  const rounds = Number(values.rounds ?? effort.rounds);
  if (!Number.isSafeInteger(rounds) || rounds < 1)
    throw new RangeError("--rounds takes a whole number from 1");
  const parts = values.only.split(",").map(partFrom);
  return {
    parts,
    rounds,
    seconds: effort.seconds,
    runtime: {
      node: values.node === undefined ? undefined : fromCaller(values.node),
      flags:
        values.profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${fromCaller(values.profile)}`],
    },
    guard: values.guard,
  };
}

/** `http`, or `http:koa` for what has `koa` in its name. */
function partFrom(text: string): Options["parts"][number] {
  const [wanted, filter = ""] = text.split(":");
  const name = PART_NAMES.find((part) => part === wanted);
  if (name === undefined) throw new RangeError(`--only takes some of ${PART_NAMES.join(",")}`);
  return { name, filter };
}

/** pnpm runs this in its own folder; paths are meant from where it was called. */
function fromCaller(path: string): string {
  return resolve(process.env.INIT_CWD ?? "", path);
}
