import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "test-support/root";

/** A test, or a row of a table of tests, that a comment says covers some threats. */
interface TaggedTest {
  readonly file: string;
  readonly title: string;
  readonly threats: readonly string[];
}

const TAG = /^ *\/\/ Threat: (?<threats>.+)$/;
const STRING = /(["`])(?<text>(?:\\.|(?!\1).)*)\1/g;

/** The first string of several words: codes, ids and names of columns are single words. */
function titleBehind(lines: readonly string[]): string | undefined {
  const texts = [...lines.slice(0, 5).join("\n").matchAll(STRING)].map(({ groups }) => groups?.text ?? "");
  return texts.find((text) => /\S \S/.test(text));
}

/** Where a table fills a title in, there are dots. */
function plain(title: string): string {
  return title.replace(/\$\{[^}]*\}|\$\w+|%(?:\.\d+)?[a-z]\b/g, "…").replaceAll("`", "");
}

/** Every test that is tagged with `// Threat: T01, T02` on the line above it. */
export function taggedTests(): readonly TaggedTest[] {
  const files = globSync("{packages,internal,examples,docs}/**/*.ts", {
    cwd: ROOT,
    exclude: (path) => /(^|\/)(node_modules|dist|\.[^/]+)$/.test(path),
  });
  return files.sort().flatMap((file) => {
    const lines = readFileSync(join(ROOT, file), "utf8").split("\n");
    return lines.flatMap((line, index) => {
      const threats = TAG.exec(line)?.groups?.threats?.split(", ");
      if (threats === undefined) return [];
      const title = titleBehind(lines.slice(index + 1));
      if (title === undefined) throw new Error(`${file}:${index + 1} tags no test: no title follows it`);
      return [{ file, title: plain(title), threats }];
    });
  });
}
