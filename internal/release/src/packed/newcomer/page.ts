import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "test-support/root";

/** A command or a file of the page, or output that it shows. */
export interface Step {
  /**
   * The text after the language of the fence: the name of a file to save, `in-checkout` (commands to run in a checkout of this
   * repository), `leave-running` (a command that does not end) or `of-server` (what that command prints).
   */
  readonly info: string;
  readonly language: string;
  readonly text: string;
}

/** Whether a fence names a file to save. */
export function isFile(info: string): boolean {
  return info.includes(".");
}

/** The fenced blocks of a page, in order. */
export async function stepsOf(page: string): Promise<Step[]> {
  return stepsIn(await readFile(join(ROOT, page), "utf8"));
}

/** Those below these headings; `""` stands for what is above the first heading. */
export async function stepsBelow(page: string, headings: readonly string[]): Promise<Step[]> {
  const [start = "", ...sections] = (await readFile(join(ROOT, page), "utf8")).split(/^## /m);
  return headings.flatMap((heading) => {
    const section = heading === "" ? start : sections.find((text) => text.startsWith(`${heading}\n`));
    if (section === undefined) throw new Error(`${page} has no heading "${heading}"`);
    return stepsIn(section);
  });
}

function stepsIn(markdown: string): Step[] {
  const fences = markdown.matchAll(/^```(?<language>\w+) ?(?<info>[^\n]*)\n(?<text>.*?)^```$/gms);
  return [...fences].map(({ groups }) => ({
    language: groups?.language ?? "",
    info: groups?.info ?? "",
    text: (groups?.text ?? "").trimEnd(),
  }));
}
