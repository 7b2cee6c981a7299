import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "test-support/root";
import { cellsOfTable, cellsOfTargets } from "./cells.ts";
import type { PartResult } from "./result.ts";

const PAGE = join(ROOT, "docs/internals/benchmarks.md");

/**
 * Puts a part's tables where docs/internals/benchmarks.md has its marks, `<!-- bench:http -->` to `<!-- /bench:http -->`; those of
 * another Node have its version in their name, `bench:http-node-20`.
 *
 * @param source one line: when, where and how they were measured
 * @throws {Error} where the page has no such marks
 */
export function writeToPage(part: string, result: PartResult, source: string): void {
  const page = readFileSync(PAGE, "utf8");
  const [from, to] = [`<!-- bench:${part} -->`, `<!-- /bench:${part} -->`];
  const [start, end] = [page.indexOf(from), page.indexOf(to)];
  if (start === -1 || end < start)
    throw new Error(`docs/internals/benchmarks.md has no place for ${part}: ${from} and ${to}`);
  writeFileSync(
    PAGE,
    `${page.slice(0, start + from.length)}\n\n${markdown(result, source)}\n\n${page.slice(end)}`,
  );
}

function markdown({ tables, targets, notes }: PartResult, source: string): string {
  return [
    ...(targets.length > 0 ? [pipes(cellsOfTargets(targets))] : []),
    ...tables.map((table) => `${table.title}:\n\n${pipes(cellsOfTable(table))}`),
    ...notes,
    `_${source}_`,
  ].join("\n\n");
}

/** Padded as Biome pads it, so that a page that was just written is a page that passes the check. */
function pipes(lines: readonly string[][]): string {
  const [heading = [], ...rest] = lines;
  const widths = heading.map((_, column) => Math.max(3, ...lines.map((line) => line[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string => {
    const padded = cells.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    return `| ${padded.join(" | ")} |`;
  };
  const rule = widths.map((width, column) =>
    column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`,
  );
  return [line(heading), line(rule), ...rest.map(line)].join("\n");
}
