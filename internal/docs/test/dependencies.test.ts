import { existsSync, globSync, readFileSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { ROOT } from "test-support/root";
import { expect, test } from "vitest";

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

const CORE = ["@mintfax-webhooks/core"];
const DIAGNOSE = ["@noble/hashes", "shlex"];
const SANDBOX = ["@hono/node-server", "hono", "ulid"];
const TESTING = ["@stablelib/base64", "fast-sha256", "standardwebhooks"];

// By name: the maintainers of each can publish code into servers that handle health data.
test.each<[string, readonly string[]]>([
  ["core", []],
  ["express", CORE],
  ["fastify", CORE],
  ["hono", CORE],
  ["koa", CORE],
  ["lambda", CORE],
  ["mysql", CORE],
  ["nestjs", CORE],
  ["redis", CORE],
  ["postgres", CORE],
  ["cloudflare", [...CORE, "@mintfax-webhooks/sqlite"]],
  ["sqlite", CORE],
  ["queue", CORE],
  ["catch-up", CORE],
  ["opentelemetry", [...CORE, "@mintfax-webhooks/queue"]],
  ["testing", [...CORE, ...TESTING]],
  ["certify", [...CORE, ...TESTING, "@mintfax-webhooks/testing"]],
  ["diagnose", [...CORE, ...DIAGNOSE]],
  [
    "sandbox",
    [...CORE, ...DIAGNOSE, ...SANDBOX, ...TESTING, "@mintfax-webhooks/diagnose", "@mintfax-webhooks/testing"],
  ],
  [
    "cli",
    [
      ...CORE,
      ...DIAGNOSE,
      ...SANDBOX,
      ...TESTING,
      "@mintfax-webhooks/catch-up",
      "@mintfax-webhooks/certify",
      "@mintfax-webhooks/diagnose",
      "@mintfax-webhooks/mysql",
      "@mintfax-webhooks/postgres",
      "@mintfax-webhooks/queue",
      "@mintfax-webhooks/redis",
      "@mintfax-webhooks/sandbox",
      "@mintfax-webhooks/sqlite",
      "@mintfax-webhooks/testing",
      "commander",
      "dotenv",
      "mute-stream",
      "picocolors",
      "read",
    ],
  ],
  // Threat: T17
])("all that is installed with %s", (name, expected) => {
  expect(installedWith(join(ROOT, "packages", name, "package.json"))).toEqual([...expected].sort());
});

// Threat: T17
test("of every package it is said what is installed with it", () => {
  expect(PACKAGES.map((file) => basename(dirname(file))).sort()).toEqual([
    "catch-up",
    "certify",
    "cli",
    "cloudflare",
    "core",
    "diagnose",
    "express",
    "fastify",
    "hono",
    "koa",
    "lambda",
    "mysql",
    "nestjs",
    "opentelemetry",
    "postgres",
    "queue",
    "redis",
    "sandbox",
    "sqlite",
    "testing",
  ]);
});

// Threat: T17
test("no package runs a script when it is installed", () => {
  for (const file of PACKAGES) {
    const scripts = Object.keys(manifestOf(file).scripts ?? {});
    expect(scripts, file).not.toEqual(expect.arrayContaining([expect.stringMatching(/install$/)]));
  }
});

// Threat: T18
test("no receiver, adapter, store or queue opens a connection of its own", () => {
  const packages =
    "packages/{core,express,fastify,hono,koa,lambda,nestjs,redis,postgres,cloudflare,queue,sqlite}/src/**/*.ts";
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
