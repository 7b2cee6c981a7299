import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cellsOfTable, cellsOfTargets } from "./cells.ts";
import type { PartResult } from "./result.ts";

const PAGE = join(import.meta.dirname, "../../../docs/speed.md");

/**
 * Puts a part's tables where docs/speed.md has its marks, `<!-- bench:http -->` to `<!-- /bench:http -->`.
 *
 * @param source one line: when, where and how they were measured
 * @throws {Error} where the page has no such marks
 */
export function writeToPage(part: string, result: PartResult, source: string): void {
  const page = readFileSync(PAGE, "utf8");
  const [from, to] = [`<!-- bench:${part} -->`, `<!-- /bench:${part} -->`];
  const [start, end] = [page.indexOf(from), page.indexOf(to)];
  if (start === -1 || end < start)
    throw new Error(`docs/speed.md has no place for ${part}: ${from} and ${to}`);
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

function pipes([heading = [], ...lines]: readonly string[][]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(heading),
    line(heading.map((_, index) => (index === 0 ? "---" : "---:"))),
    ...lines.map(line),
  ].join("\n");
}
