import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const ROOT: string = join(import.meta.dirname, "../..");

/** A fenced TypeScript block of a page. */
export interface CodeBlock {
  /** `README-2.ts`: the second block of README.md. */
  readonly name: string;
  readonly page: string;
  readonly source: string;
}

/** Every TypeScript block of the README and the guides. */
export function codeBlocks(): CodeBlock[] {
  const pages = [
    ...globSync("*.md", { cwd: ROOT }),
    ...globSync("docs/*.md", { cwd: ROOT }),
    ...globSync("packages/*/README.md", { cwd: ROOT }),
  ];
  return pages.flatMap((page) => {
    const fences = readFileSync(join(ROOT, page), "utf8").matchAll(/^```ts\n(?<source>.*?)^```$/gms);
    return [...fences].map(({ groups }, index) => ({
      name: `${page.replace(/\.md$/, "").replaceAll("/", "-")}-${index + 1}.ts`,
      page,
      source: groups?.source ?? "",
    }));
  });
}
