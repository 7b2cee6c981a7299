import { readFile } from "node:fs/promises";

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

/** The fenced blocks of a page, in order. */
export async function stepsOf(page: string): Promise<Step[]> {
  const fences = (await readFile(page, "utf8")).matchAll(
    /^```(?<language>\w+) ?(?<info>[^\n]*)\n(?<text>.*?)^```$/gms,
  );
  return [...fences].map(({ groups }) => ({
    language: groups?.language ?? "",
    info: groups?.info ?? "",
    text: (groups?.text ?? "").trimEnd(),
  }));
}
