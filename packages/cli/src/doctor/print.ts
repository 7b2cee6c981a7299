import type { CheckFinding } from "@mintfax-webhooks/core";
import { coloursFor } from "../output/colours.ts";
import { count, oneLine, wrap } from "../output/text.ts";

/** What was looked at, and what was found of it. */
export interface Part {
  readonly name: "secret" | "store" | "receiver";
  readonly findings: readonly CheckFinding[];
}

/** A line for each finding, with the fix below a red one. */
export function printPart({ name, findings }: Part): void {
  const { bold, dim, green, red, yellow } = coloursFor(process.stdout);
  const lines = [bold(name)];
  for (const { code, level, ok, message, fix } of findings) {
    const mark =
      ok === true ? green("✓") : ok === "unknown" ? dim("?") : level === "error" ? red("✗") : yellow("!");
    lines.push(
      `${mark} ${wrap(`${oneLine(message)} ${ok === true ? "" : `[${code}]`}`.trim(), 2).trimStart()}`,
    );
    if (ok !== true && fix !== undefined) lines.push(dim(wrap(`fix: ${oneLine(fix)}`, 4)));
  }
  process.stdout.write(`${lines.join("\n")}\n\n`);
}

export function printSummary(parts: readonly Part[]): void {
  const { green, red } = coloursFor(process.stdout);
  const all = parts.flatMap(({ findings }) => findings);
  const counted = (level: CheckFinding["level"]): number =>
    all.filter((finding) => finding.ok === false && finding.level === level).length;
  const [errors, warnings] = [counted("error"), counted("warning")];
  const words = [
    `${count(all.filter(({ ok }) => ok === true).length)} of ${count(all.length)} green`,
    `${count(errors)} that stop deliveries (✗)`,
    `${count(warnings)} that can lose or repeat one (!)`,
  ];
  const mark = errors + warnings === 0 ? green("✓") : red("✗");
  process.stdout.write(`${mark} ${wrap(words.join(", "), 2).trimStart()}\n`);
}
