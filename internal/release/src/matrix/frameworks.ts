import { setTimeout } from "node:timers/promises";
import {
  ADAPTER_CASES,
  type AdapterCase,
  type AdapterTarget,
  type RunningTarget,
} from "conformance/adapter-suite";
import { ADAPTER_TARGETS } from "conformance/targets";
import type { Result } from "./program/check.ts";
import type { Column } from "./table.ts";

/** Far more than any case takes; without it, one that hangs would hide all others. */
const CASE_LIMIT_MS = 15_000;

/** Runs the adapter suite on every framework. */
export async function frameworkColumns(): Promise<Column[]> {
  // The frameworks complain about requests that are malformed on purpose, of which there are hundreds.
  console.error = () => {};
  // A case that fails leaves requests behind, and no client waits for them when its server stops.
  process.on("unhandledRejection", () => {});
  const suite = new Suite();
  const columns: Column[] = [];
  for (const target of ADAPTER_TARGETS) columns.push(await suite.columnOf(target));
  return columns;
}

class Suite {
  /** What the first target answered in a case, which is what all others have to answer. */
  readonly #answers = new Map<string, string>();

  async columnOf(target: AdapterTarget): Promise<Column> {
    const running = await target.start();
    try {
      const faults = new Map<string, string[]>();
      for (const adapterCase of ADAPTER_CASES) {
        const found = faults.get(adapterCase.row) ?? [];
        faults.set(adapterCase.row, [...found, ...(await this.#faultsOf(adapterCase, running))]);
      }
      return { ...headingOf(target), results: [...faults].map(([row, found]) => resultOf(row, found)) };
    } finally {
      await running.stop();
    }
  }

  async #faultsOf({ id, run }: AdapterCase, running: RunningTarget): Promise<string[]> {
    try {
      const replies = await Promise.race([run(running), tooLong()]);
      if (replies === undefined) return [];
      const answers = JSON.stringify(replies);
      const wanted = this.#answers.get(id) ?? answers;
      this.#answers.set(id, wanted);
      return answers === wanted ? [] : [`${id}: answered ${answers}; elsewhere ${wanted}`];
    } catch (error) {
      return [`${id}: ${error instanceof Error ? error.message : error}`];
    }
  }
}

async function tooLong(): Promise<never> {
  await setTimeout(CASE_LIMIT_MS, undefined, { ref: false });
  throw new Error(`no end after ${CASE_LIMIT_MS / 1000} s`);
}

function resultOf(row: string, faults: readonly string[]): Result {
  const cases = ADAPTER_CASES.filter((adapterCase) => adapterCase.row === row).length;
  const name = cases === 1 ? row : `${row} (${cases} cases)`;
  if (faults.length === 0) return { name };
  const more = faults.length > 1 ? `\n    and ${faults.length - 1} more of these cases` : "";
  return { name, fault: faults[0] + more };
}

/** "Hono in workerd" is too wide for a column, "Hono" over "in workerd" is not. */
function headingOf({ name }: AdapterTarget): Pick<Column, "name" | "variant"> {
  const [, framework = name, platform = ""] = /^(.*) ((?:on|in) .*)$/.exec(name) ?? [];
  return { name: framework, variant: platform };
}
