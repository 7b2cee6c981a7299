import {
  createPostgresTransactionalStore,
  type PostgresTransactionalStore,
} from "@mintfax-webhooks/postgres";
import { drizzleDatabase } from "@mintfax-webhooks/postgres/drizzle";
import { knexDatabase } from "@mintfax-webhooks/postgres/knex";
import { kyselyDatabase } from "@mintfax-webhooks/postgres/kysely";
import {
  type PrismaClientLike,
  type PrismaTransactionLike,
  prismaDatabase,
} from "@mintfax-webhooks/postgres/prisma";
import { PrismaPg } from "@prisma/adapter-pg";
import { getPrismaClient } from "@prisma/client/runtime/client";
import { drizzle } from "drizzle-orm/node-postgres";
import knexOf from "knex";
import { CamelCasePlugin, Kysely, PostgresDialect } from "kysely";
import type { Pool } from "pg";

/** A transactional store of each kind of `tx`, on one database. */
export interface Library {
  readonly store: PostgresTransactionalStore<unknown>;
  close(): Promise<unknown>;
}

export const LIBRARIES: Readonly<Record<string, (pool: Pool, url: string) => Library>> = {
  pg: (pool) => ({ store: createPostgresTransactionalStore({ pool }), close: async () => {} }),
  "drizzle-orm": (pool) => ({
    store: createPostgresTransactionalStore({ database: drizzleDatabase(pool, (client) => drizzle(client)) }),
    close: async () => {},
  }),
  kysely: (pool) => ({
    store: createPostgresTransactionalStore({
      database: kyselyDatabase(
        pool,
        (one) =>
          new Kysely<object>({
            dialect: new PostgresDialect({ pool: one }),
            plugins: [new CamelCasePlugin()],
          }),
      ),
    }),
    close: async () => {},
  }),
  knex: (_, url) => {
    const knex = knexOf({ client: "pg", connection: url });
    return {
      store: createPostgresTransactionalStore({ database: knexDatabase(knex) }),
      close: () => knex.destroy(),
    };
  },
  prisma: (_, url) => {
    const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: url }) });
    return {
      store: createPostgresTransactionalStore({ database: prismaDatabase(prisma) }),
      close: () => prisma.$disconnect(),
    };
  },
};

/** It has no declarations. */
function compilerPart(ending: string): Promise<{ readonly wasm: string }> {
  return import(`@prisma/client/runtime/query_compiler_small_bg.postgresql${ending}`);
}

/** What `prisma generate` writes for a schema without models: statements in plain SQL need none. */
const PrismaClient = getPrismaClient({
  previewFeatures: [],
  clientVersion: "7.10.0",
  engineVersion: "",
  activeProvider: "postgresql",
  inlineSchema: 'datasource db {\n  provider = "postgresql"\n}\n',
  runtimeDataModel: { models: {}, enums: {}, types: {} },
  parameterizationSchema: { strings: [], graph: "AAAAAAAAAAAAAAAA" },
  compilerWasm: {
    getRuntime: () => compilerPart(".mjs"),
    async getQueryCompilerWasmModule() {
      const { wasm } = await compilerPart(".wasm-base64.mjs");
      return new WebAssembly.Module(Buffer.from(wasm, "base64"));
    },
    importName: "./query_compiler_small_bg.js",
  },
} as never) as unknown as new (
  options: object,
) => PrismaClientLike<PrismaTransactionLike> & {
  $disconnect(): Promise<void>;
};
