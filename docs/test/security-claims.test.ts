import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ADAPTER_CASES } from "@mintfax-webhooks/testing/adapter-suite";
import {
  BODY_ROWS,
  CUT_ROWS,
  HEADER_ROWS,
  PARSER_ROWS,
  SIGNATURE_ROWS,
  TRANSPORT_ROWS,
} from "@mintfax-webhooks/testing/hostile";
import { expect, test } from "vitest";
import { ROOT } from "./code-blocks.ts";

interface Claim {
  readonly threat: string;
  readonly file: string;
  readonly title: string;
}

/** Tests that are made of tables, whose titles are therefore nowhere in the test's own file. */
const TITLES_FROM_TABLES: Readonly<Record<string, readonly string[]>> = {
  "packages/core/test/hostile-input.test.ts": [
    ...HEADER_ROWS,
    ...SIGNATURE_ROWS,
    ...BODY_ROWS,
    ...TRANSPORT_ROWS,
    ...CUT_ROWS,
    ...PARSER_ROWS,
  ].map(({ name }) => name),
  "test/adapter-suite.test.ts": ADAPTER_CASES.map(({ id }) => id),
};

/** What the table of threats names: links to files, each with titles in quotes behind it. */
function claims(): Claim[] {
  const [, table = ""] = readFileSync(join(ROOT, "SECURITY.md"), "utf8").split("## Threats");
  return table.split("\n").flatMap((line) => {
    const cells = line.split(" | ");
    if (cells.length !== 3) return [];
    const [threat = "", , shownBy = ""] = cells;
    return [...shownBy.matchAll(/\]\((?<file>[^)]+)\)(?<titles>[^[]*)/g)].flatMap(({ groups }) =>
      [...(groups?.titles ?? "").matchAll(/"([^"]+)"/g)].map(([, title = ""]) => ({
        threat: threat.replace(/^\| /, "").trim(),
        file: groups?.file ?? "",
        title,
      })),
    );
  });
}

/** Titles as they are written: the first argument of `test` and the like, or the name of a case in a table. */
function titlesIn(file: string): string[] {
  const source = readFileSync(join(ROOT, file), "utf8");
  const titles = source.matchAll(
    /(?:\btest|\bit|\bdescribe|\)|adapterCase)\(\s*(["`])(?<call>.*?)\1,|\bname: "(?<name>[^"]*)"/g,
  );
  return [...titles].map(({ groups }) => groups?.call ?? groups?.name ?? "");
}

const all = claims();

test("every threat names a test", () => {
  const rows = readFileSync(join(ROOT, "SECURITY.md"), "utf8").match(/^\| (?!threat|---)/gm) ?? [];
  expect(rows.length).toBeGreaterThan(10);
  expect(new Set(all.map(({ threat }) => threat)).size).toBe(rows.length);
});

test.each(all)("$threat: $file has “$title”", ({ file, title }) => {
  expect(existsSync(join(ROOT, file)), file).toBe(true);
  expect([...titlesIn(file), ...(TITLES_FROM_TABLES[file] ?? [])]).toContain(title);
});

interface Manifest {
  readonly private?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
}

function manifestOf(file: string): Manifest {
  return JSON.parse(readFileSync(join(ROOT, file), "utf8")) as Manifest;
}

test("what core depends on", () => {
  const { dependencies } = manifestOf("packages/core/package.json");
  expect(Object.keys(dependencies ?? {}).sort()).toEqual(["secure-json-parse"]);
});

test("no package runs a script when it is installed", () => {
  const manifests = globSync("packages/*/package.json", { cwd: ROOT });
  expect(manifests.length).toBeGreaterThan(7);
  for (const file of manifests) {
    const scripts = Object.keys(manifestOf(file).scripts ?? {});
    expect(scripts, file).not.toEqual(expect.arrayContaining([expect.stringMatching(/install$/)]));
  }
});

test("no receiver, adapter or store opens a connection of its own", () => {
  const packages = "packages/{core,express,hono,koa,redis,postgres,cloudflare}/src/**/*.ts";
  const sources = globSync(packages, { cwd: ROOT });
  expect(sources.length).toBeGreaterThan(50);
  const opens =
    /\bfetch\(|new WebSocket|"node:(?:net|tls|dns|https|http2|dgram)"|\{[^}]*\b(?:get|request|Agent)\b[^}]*\} from "node:http"/;
  const code = (file: string): string =>
    readFileSync(join(ROOT, file), "utf8").replace(/\/\*.*?\*\/|\/\/.*?$/gms, "");
  expect(sources.filter((file) => opens.test(code(file)))).toEqual([]);
});
