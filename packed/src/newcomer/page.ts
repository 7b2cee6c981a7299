import { readFile } from "node:fs/promises";

/** What a page tells its reader to do, or says that they will see. */
export interface Step {
  /**
   * What follows the language of its fence. A file is called by its name; `leave-running` is a command that does not end;
   * `of-server` is the output of such a one.
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
