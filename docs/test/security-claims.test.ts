import { existsSync, globSync, readFileSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
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
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
}

function manifestOf(file: string): Manifest {
  return JSON.parse(readFileSync(file, "utf8")) as Manifest;
}

const PACKAGES = globSync("packages/*/package.json", { cwd: ROOT }).map((file) => join(ROOT, file));

/** The names of all that comes along when a package is installed, peers excepted: its user has those already. */
function installedWith(manifest: string): string[] {
  const names = new Set<string>();
  const visit = (file: string): void => {
    for (const name of Object.keys(manifestOf(file).dependencies ?? {})) {
      names.add(name);
      visit(dependencyOf(file, name));
    }
  };
  visit(manifest);
  return [...names].sort();
}

/** Beside the package, or among what it is installed next to. */
function dependencyOf(manifest: string, name: string): string {
  for (let folder = dirname(realpathSync(manifest)); folder !== dirname(folder); folder = dirname(folder)) {
    const file = join(folder, "node_modules", name, "package.json");
    if (existsSync(file)) return file;
  }
  throw new Error(`${manifest} depends on ${name}, which is not installed`);
}

const CORE = ["@mintfax-webhooks/core", "secure-json-parse"];
const TESTING = ["@stablelib/base64", "fast-sha256", "standardwebhooks"];

// Counted and by name: one more is somebody else who can publish code into servers that handle health data.
test.each<[string, readonly string[]]>([
  ["core", ["secure-json-parse"]],
  ["express", CORE],
  ["hono", CORE],
  ["koa", CORE],
  ["redis", CORE],
  ["postgres", CORE],
  ["cloudflare", CORE],
  ["opentelemetry", CORE],
  ["testing", [...CORE, ...TESTING]],
  [
    "cli",
    [
      ...CORE,
      ...TESTING,
      "@mintfax-webhooks/testing",
      "commander",
      "dotenv",
      "mute-stream",
      "picocolors",
      "read",
      "shlex",
    ],
  ],
])("all that is installed with %s", (name, expected) => {
  expect(installedWith(join(ROOT, "packages", name, "package.json"))).toEqual([...expected].sort());
});

test("of every package it is said what is installed with it", () => {
  expect(PACKAGES.map((file) => basename(dirname(file))).sort()).toEqual([
    "cli",
    "cloudflare",
    "core",
    "express",
    "hono",
    "koa",
    "opentelemetry",
    "postgres",
    "redis",
    "testing",
  ]);
});

test("no package runs a script when it is installed", () => {
  for (const file of PACKAGES) {
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
  // Types open nothing; nor does the class whose `close` a shutdown calls.
  const harmless = /import (?:type \{[^}]*\}|\{ Server as NetServer \}) from "node:\w+";/g;
  const code = (file: string): string =>
    readFileSync(join(ROOT, file), "utf8")
      .replace(/\/\*.*?\*\/|\/\/.*?$/gms, "")
      .replace(harmless, "");
  expect(sources.filter((file) => opens.test(code(file)))).toEqual([]);
});
