import { codeBlocks } from "test-support/code-blocks";

/** A command on a page, and what the page says that it prints. */
export interface Shown {
  readonly page: string;
  /** Without `npx` and the program's name. */
  readonly command: string;
  readonly output: string;
}

const COMMAND = /^\$ (?:npx )?mintfax-webhooks (?<command>.*)$/;

/** Every command that a page shows with its output, each once. */
export const SHOWN: readonly Shown[] = codeBlocks("console").flatMap(({ page, source }) =>
  source
    .split(/^(?=\$ )/m)
    .filter((part) => part !== "")
    .map((part) => {
      const [first = "", ...output] = part.trimEnd().split("\n");
      const command = COMMAND.exec(first)?.groups?.command;
      if (command === undefined) throw new Error(`${page}: expected a command of ours, got ${first}`);
      return { page, command, output: output.join("\n") };
    }),
);

/** What differs between two runs: ids, times, durations, ports, and how wide a column is for them. */
const VARYING: readonly (readonly [RegExp, string])[] = [
  [/https?:\/\/(?:127\.0\.0\.1|localhost):\d+/g, "http://HOST"],
  [/127\.0\.0\.1:\d+/g, "HOST"],
  [/token=\S+/g, "token=TOKEN"],
  [/\b(evt|fax|webhook|mfx_test)_\w+…?/g, "$1_ID"],
  [/\b\d{4}-\d\d-\d\d(?: \d\d:\d\d)?/g, "TIME"],
  [/^\d\d:\d\d:\d\d/g, "TIME"],
  [/\b\d[\d.,]* (?:ms|s|min|h|d)\b/g, "DURATION"],
  [/\b\d+ bytes/g, "BYTES"],
  [/Redis is version [\d.]+/g, "Redis is version N."],
  // Each new behaviour of certify changes all of these.
  [/\d+(?= (?:of \d+ behaviours|missing|advised))|\d+(?= behaviours)/g, "N"],
  [/\s+/g, " "],
];

/** The lines of an output that are not empty, as they look in every run. Paragraphs may be broken elsewhere. */
export function inEveryRun(output: string): string[] {
  return output
    .split("\n")
    .map((line) => VARYING.reduce((text, [from, to]) => text.replace(from, to), line.trimEnd()).trim())
    .filter((line) => line !== "");
}

/** The lines of a page that are not in the output, or not in this order. `…` on a page stands for lines left out. */
export function notPrinted(page: string, output: string): string[] {
  const printed = inEveryRun(output);
  let place = 0;
  return inEveryRun(page).filter((line) => {
    if (line === "…") return false;
    const found = printed.indexOf(line, place);
    if (found !== -1) place = found + 1;
    return found === -1;
  });
}
