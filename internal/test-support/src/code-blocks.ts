import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./root.ts";

/** Every page of the repository. */
export const PAGES: readonly string[] = globSync("**/*.md", {
  cwd: ROOT,
  exclude: (path) => /(^|\/)(node_modules|dist|site|coverage|artifacts|\.[^/]+)$/.test(path),
}).sort();

/** A fenced block of a page. */
export interface CodeBlock {
  /** `docs-express-2.ts`: the second one in TypeScript of docs/express.md. */
  readonly name: string;
  readonly page: string;
  /** What stands behind the first fence; empty where nothing does. */
  readonly language: string;
  readonly source: string;
}

const FENCE = /^ *(?<fence>`{3,})(?<language>[a-z]*).*\n(?<source>(?:.*\n)*?) *\k<fence>$/gm;

/** What is on them needs frameworks, or a compiler for decorators: internal/elsewhere compiles and runs it. */
const ELSEWHERE: readonly string[] = ["docs/elsewhere.md", "docs/nestjs.md", "packages/nestjs/README.md"];

const all: readonly CodeBlock[] = PAGES.filter((page) => !ELSEWHERE.includes(page)).flatMap((page) => {
  const counts = new Map<string, number>();
  return [...readFileSync(join(ROOT, page), "utf8").matchAll(FENCE)].map(({ groups }) => {
    const { language = "", source = "" } = groups ?? {};
    const count = (counts.get(language) ?? 0) + 1;
    counts.set(language, count);
    const name = `${page.replace(/\.md$/, "").replaceAll("/", "-")}-${count}.${language}`;
    return { name, page, language, source };
  });
});

/** Every block in a language, or every block there is. */
export function codeBlocks(language?: string): readonly CodeBlock[] {
  return language === undefined ? all : all.filter((block) => block.language === language);
}

export const byName = (a: CodeBlock, b: CodeBlock): number => a.name.localeCompare(b.name);
