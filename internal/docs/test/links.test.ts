import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { PAGES } from "test-support/code-blocks";
import { ROOT } from "test-support/root";
import { expect, test } from "vitest";

/** What is neither code nor a comment, in which a bracket means nothing. */
function prose(page: string): string {
  return readFileSync(join(ROOT, page), "utf8")
    .replace(/^ *(`{3,}).*?^ *\1$/gms, "")
    .replace(/<!--.*?-->/gs, "")
    .replace(/`[^`\n]*`/g, (code) => code.replace(/[[\]()]/g, ""));
}

/** As GitHub makes it of a heading: lower case, punctuation gone, blanks to hyphens, the second one numbered. */
function anchorsOf(page: string): ReadonlySet<string> {
  const seen = new Map<string, number>();
  const anchors = [...prose(page).matchAll(/^#{1,6} +(?<heading>.+)$/gm)].map(({ groups }) => {
    const anchor = (groups?.heading ?? "")
      .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, "")
      .replaceAll(" ", "-");
    const times = seen.get(anchor) ?? 0;
    seen.set(anchor, times + 1);
    return times === 0 ? anchor : `${anchor}-${times}`;
  });
  return new Set(anchors);
}

/** Why a link leads nowhere, or undefined where it leads somewhere. */
function fault(page: string, target: string): string | undefined {
  const [path = "", anchor] = target.split("#");
  const file = path === "" ? page : relative(ROOT, join(ROOT, dirname(page), decodeURIComponent(path)));
  if (file.startsWith("..")) return "leads out of the repository";
  if (!existsSync(join(ROOT, file))) return `there is no ${file}`;
  if (anchor === undefined || statSync(join(ROOT, file)).isDirectory()) return undefined;
  if (!file.endsWith(".md")) return "has an anchor, but is no page";
  return anchorsOf(file).has(anchor) ? undefined : `${file} has no heading for #${anchor}`;
}

const links = PAGES.flatMap((page) =>
  [...prose(page).matchAll(/\]\((?<target>[^)\s]+)[^)]*\)|^\[[^\]]+\]: +(?<reference>\S+)/gm)]
    .map(({ groups }) => groups?.target ?? groups?.reference ?? "")
    // Others' pages are theirs to keep, and tests stay on this machine.
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => ({ page, target })),
);

test("there are pages and links to look at", () => {
  expect(PAGES).toEqual(expect.arrayContaining(["README.md", "docs/README.md", "packages/redis/README.md"]));
  expect(links.length).toBeGreaterThan(50);
});

test.each(PAGES)("every link of %s leads somewhere", (of) => {
  const broken = links.flatMap(({ page, target }) => {
    const why = page === of ? fault(page, target) : undefined;
    return why === undefined ? [] : [`${target}: ${why}`];
  });
  expect(broken).toEqual([]);
});

test("README or docs/README.md leads to every page of docs", () => {
  const pagesIn = (page: string): readonly string[] => [
    ...new Set(
      links
        .filter((link) => link.page === page)
        .map(({ target }) => relative(ROOT, join(ROOT, dirname(page), target.split("#")[0] ?? "")))
        .filter((target) => /^docs\/.*\.md$/.test(target)),
    ),
  ];
  const reached = new Set([...pagesIn("docs/README.md"), ...pagesIn("README.md"), "docs/README.md"]);
  expect(PAGES.filter((page) => page.startsWith("docs/") && !reached.has(page))).toEqual([]);
});
