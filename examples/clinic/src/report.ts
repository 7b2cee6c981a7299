const WIDTHS = [32, 4, 23] as const;
const colour = process.stdout.isTTY && !process.env.NO_COLOR;

/** Counts of equal values, in order of appearance: `200 ×3, 409 ×17`. */
export function tally(values: readonly (string | number | null)[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
  return [...counts].map(([value, count]) => (count === 1 ? value : `${value} ×${count}`)).join(", ");
}

/** Prints the day row by row, as it goes, and keeps count of what was not as it should be. */
export class Report {
  #failures = 0;
  #rows = 0;

  start(title: string): void {
    console.log(`\n${title}\n`);
    this.#print("  ", "what happened", "sent", "sender was answered", "handlers saw");
    console.log(`  ${"─".repeat(78)}`);
  }

  row(what: string, sent: number, answered: string, saw: string, faults: readonly string[]): void {
    this.#rows += 1;
    const mark = faults.length === 0 ? paint("✓ ", 32) : paint("✗ ", 31);
    this.#print(mark, what, String(sent), answered, saw);
    for (const fault of faults) console.log(paint(`    ${fault}`, 31));
    if (faults.length > 0) this.#failures += 1;
  }

  /** @returns whether everything was as it should be */
  end(): boolean {
    console.log(`  ${"─".repeat(78)}`);
    console.log(
      this.#failures === 0
        ? `  ${this.#rows} scenes, every effect exactly as often as it should be.\n`
        : paint(`  ${this.#failures} of ${this.#rows} scenes were not as they should be.\n`, 31),
    );
    return this.#failures === 0;
  }

  #print(mark: string, what: string, sent: string, answered: string, saw: string): void {
    const [a, b, c] = WIDTHS;
    console.log(`${mark}${what.padEnd(a)}${sent.padStart(b)}  ${answered.padEnd(c)}${saw}`);
  }
}

function paint(text: string, code: number): string {
  return colour ? `\u001b[${code}m${text}\u001b[0m` : text;
}
