import type { Child } from "../../processes/child.ts";
import type { Table } from "../../report/result.ts";
import { ratioOf } from "../../stats/summary.ts";
import { countFor, measured, type Scope } from "../group-commit.ts";
import { comparison } from "../taken.ts";

const IDS: readonly number[] = [1_000, 100_000, 1_000_000];

/** New ids in tables that remember more and more. */
export async function manyIds(child: Child, scope: Scope): Promise<Table> {
  const tables = new Map<string, number>();
  for (const ids of IDS) tables.set(await child.ask<string>("filledTable", { ids }), ids);
  const names = [...tables.keys()];
  const found = await measured(child, "claimsAndCompletions", names, scope, (table) => ({
    table,
    sharing: "together",
    atOnce: 32,
    ...countFor(scope, 32),
  }));
  const rates = (name: string) => (found.get(name) ?? []).map(({ perSecond }) => perSecond);
  const least = names[0] as string;
  return {
    title: "Postgres lease store: new ids, 32 in flight, beside ids that it remembers",
    rowsAre: "ids remembered",
    columns: [
      { name: `of ${IDS[0]?.toLocaleString("en")}`, unit: "ratio" },
      { name: "ids/s", unit: "per second" },
      { name: "CPU µs", unit: "µs" },
    ],
    rows: names.map((name) => ({
      label: (tables.get(name) as number).toLocaleString("en"),
      figures: [
        name === least ? undefined : ratioOf(rates(name), rates(least)),
        ...comparison(found, name, name).slice(2),
      ],
    })),
  };
}
