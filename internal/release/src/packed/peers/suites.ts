import { major, minor } from "semver";

/** The tests of the tree that show that a package goes with a version of a peer. */
export interface Suite {
  readonly file: string;
  /** Of the names of those of its tests that count. */
  readonly pattern: string;
  /** What the tests call the peer, where they import it. */
  readonly alias?: string;
  /** What else the tests import of the project. */
  readonly family?: readonly string[];
}

const ADAPTERS = "internal/conformance/test/adapter-suite.test.ts";
const REDIS = "packages/redis/test/store-suite.test.ts";
const TELEMETRY = "packages/opentelemetry/test";
const SQLITE = "packages/sqlite/test/store-suite.test.ts";
const MYSQL = "packages/mysql/test/store-suite.test.ts";
const POSTGRES = "packages/postgres/test/store-suite.test.ts";

function onLibrary(name: string, alias: string): Suite {
  return { file: POSTGRES, pattern: `^transactional > ${name}: `, alias };
}

function onEngine(file: string, name: string, alias: string): Suite {
  return { file: `packages/queue/test/${file}.test.ts`, pattern: `^${name} > `, alias };
}

/** Nest's packages, which are released together. */
const NEST = ["@nestjs/common", "@nestjs/core", "@nestjs/platform-express", "@nestjs/platform-fastify"];

const onNest = (): Suite => ({ file: ADAPTERS, pattern: "^NestJS on (Express|Fastify) > ", family: NEST });

/** All of Nest at one end of the range. */
function nestAt(end: string): Record<string, string> {
  return Object.fromEntries(NEST.map((name) => [name, end]));
}

/** What a peer needs beside it, at an end of its range, to be imported at all. */
export const ALONGSIDE: Readonly<Record<string, (end: string) => Readonly<Record<string, string>>>> = {
  "@nestjs/common": nestAt,
  "@nestjs/core": nestAt,
  rxjs: () => nestAt("^12.0.0"),
  "drizzle-orm": () => ({ pg: "^8.11.0" }),
  knex: () => ({ pg: "^8.11.0" }),
  bullmq: () => ({ ioredis: "^6.0.0" }),
};

/** By peer; versions are those that got installed. */
export const SUITES: Readonly<Record<string, (version: string) => Suite>> = {
  express: () => ({ file: ADAPTERS, pattern: "^Express 5 > ", alias: "express" }),
  fastify: (version) =>
    major(version) === 4
      ? { file: ADAPTERS, pattern: "^Fastify 4 > ", alias: "fastify4" }
      : { file: ADAPTERS, pattern: "^Fastify 5 > ", alias: "fastify" },
  hono: () => ({ file: ADAPTERS, pattern: "^Hono on Node > ", alias: "hono" }),
  "@nestjs/common": onNest,
  "@nestjs/core": onNest,
  rxjs: onNest,
  koa: () => ({ file: ADAPTERS, pattern: "^Koa > ", alias: "koa" }),
  ioredis: () => ({ file: REDIS, pattern: "^redis-server > ioredis 6 > ", alias: "ioredis" }),
  // The tests end a client of node-redis 4 in another way.
  redis: (version) =>
    major(version) === 4
      ? { file: REDIS, pattern: "^redis-server > redis 4 > ", alias: "redis4" }
      : { file: REDIS, pattern: "^redis-server > redis 6 > ", alias: "redis" },
  pg: () => ({ file: POSTGRES, pattern: "^(lease|transactional) > (lease|pg): ", alias: "pg" }),
  mysql2: (version) =>
    version === "3.0.0"
      ? { file: MYSQL, pattern: "^MariaDB by mysql2 3.0.0 > ", alias: "mysql2-lowest" }
      : { file: MYSQL, pattern: "^MariaDB by mysql2 3 > ", alias: "mysql2" },
  "better-sqlite3": () => ({ file: SQLITE, pattern: "^better-sqlite3 13 > ", alias: "better-sqlite3" }),
  "@libsql/client": (version) =>
    minor(version) === 15
      ? { file: SQLITE, pattern: "^@libsql/client 0.15 > ", alias: "libsql-client-015" }
      : { file: SQLITE, pattern: "^@libsql/client 0.18 > ", alias: "@libsql/client" },
  "@prisma/client": () => onLibrary("prisma", "@prisma/client"),
  "drizzle-orm": () => onLibrary("drizzle-orm", "drizzle-orm"),
  knex: () => onLibrary("knex", "knex"),
  kysely: () => onLibrary("kysely", "kysely"),
  bullmq: (version) =>
    major(version) === 5
      ? onEngine("bullmq/versions", "bullmq 5 lowest", "bullmq5")
      : onEngine("bullmq/versions", "bullmq 6", "bullmq"),
  "graphile-worker": (version) =>
    minor(version) === 16
      ? onEngine("graphile-worker/versions", "graphile-worker 0.16", "graphile-worker016")
      : onEngine("graphile-worker/versions", "graphile-worker 0.18", "graphile-worker"),
  "pg-boss": (version) =>
    major(version) === 11
      ? onEngine("pg-boss/queue", "pg-boss 11", "pg-boss11")
      : onEngine("pg-boss/queue", "pg-boss 12", "pg-boss"),
  // The tests bring the SDK that goes with a version of the API; the package takes the installed API by itself.
  "@opentelemetry/api": (version) => ({
    file: version === "1.9.0" ? `${TELEMETRY}/oldest-api.test.ts` : `${TELEMETRY}/telemetry.test.ts`,
    pattern: "",
  }),
};

/** By peer that is types only: the project that is compiled with it. */
export const TYPE_PROJECTS: Readonly<Record<string, string>> = {
  "@types/express": "express-types",
  "@types/koa": "nodenext",
};
