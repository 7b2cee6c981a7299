import { stripVTControlCharacters } from "node:util";

/** For an output that is not a terminal. */
const DEFAULT_COLUMNS = 80;
/** Longer lines are hard to read. */
const MOST_COLUMNS = 100;

/** How many columns text may take on this output. */
export function columnsOf({ columns }: { readonly columns?: number }): number {
  return Math.min(columns || DEFAULT_COLUMNS, MOST_COLUMNS);
}

/** Text from outside as one line without control characters, so that it can neither move the cursor nor forge lines. */
export function oneLine(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\u{fffd}")
    .trim();
}

/**
 * Text broken into lines at spaces, each after `indent` spaces. A word that is too long stays whole, and so do
 * words that a no-break space joins. Styles take no columns.
 *
 * @param width default: that of standard output
 */
export function wrap(text: string, indent: number, width: number = columnsOf(process.stdout)): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/[ \n]+/)) {
    if (line !== "" && indent + visibleLength(line) + 1 + visibleLength(word) > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].map((each) => " ".repeat(indent) + each).join("\n");
}

function visibleLength(text: string): number {
  return stripVTControlCharacters(text).length;
}

/** Parts of a line, two spaces apart. What does not fit goes on the next line. Parts may be styled. */
export function spread(parts: readonly string[]): string {
  const lines: string[] = [];
  let [line = "", ...rest] = parts;
  for (const part of rest) {
    if (visibleLength(line) + 2 + visibleLength(part) > columnsOf(process.stdout)) {
      lines.push(line);
      line = "";
    }
    line += `  ${part}`;
  }
  return [...lines, line].join("\n");
}

/** `1,234`: the same in every locale. */
export function count(number: number): string {
  return number.toLocaleString("en-US");
}

/** `1 fax`, `2 faxes`. */
export function counted(number: number, one: string, many: string): string {
  return `${count(number)} ${number === 1 ? one : many}`;
}

/** A duration for people: `3.1 ms`, `240 ms`, `12.4 s`. */
export function duration(ms: number): string {
  if (ms < 9.95) return `${ms.toFixed(1)} ms`;
  return ms < 999.5 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
