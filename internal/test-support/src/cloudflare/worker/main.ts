/** The Worker that tests talk to: each request is a command in JSON, and so is the answer. */
import { createD1Store } from "@mintfax-webhooks/cloudflare";
import type { LeaseStore } from "@mintfax-webhooks/core";
import type { DedupKey } from "@mintfax-webhooks/core/store";
import { sendCopies } from "./copies.ts";
import type { Env } from "./env.ts";
import { type SoundStoreName, STORES, type StoreName } from "./stores.ts";
import { SUITES } from "./suites.ts";
import type { TestDedup } from "./test-dedup.ts";

export { BrokenDedup, NoSqliteDedup, OtherClass, SilentDedup, TestDedup } from "./test-dedup.ts";

/** What the Worker can be told to do. */
export type Command =
  | { readonly do: "tell where it runs" }
  | { readonly do: "run a case"; readonly suite: SoundStoreName; readonly name: string }
  | {
      readonly do: "call a store";
      readonly store: StoreName;
      readonly method: string;
      readonly args: unknown[];
    }
  | {
      readonly do: "call an object";
      readonly key: DedupKey;
      readonly method: string;
      readonly args: unknown[];
    }
  | { readonly do: "send copies"; readonly count: number; readonly path: string }
  | { readonly do: "migrate" }
  | { readonly do: "delete expired"; readonly maxRows?: number }
  | { readonly do: "query"; readonly sql: string; readonly values: unknown[] };

/** What a query answers. */
export interface QueryReport {
  readonly results: readonly Record<string, unknown>[];
  readonly rowsWritten: number;
  readonly databaseBytes: number;
}

/** What became of it. */
export type Reply = { readonly answer?: unknown } | { readonly error: string };

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    let reply: Reply;
    try {
      reply = { answer: await carryOut((await request.json()) as Command, env) };
    } catch (error) {
      reply = { error: String(error) };
    }
    return Response.json(reply);
  },
};

async function carryOut(command: Command, env: Env): Promise<unknown> {
  switch (command.do) {
    case "tell where it runs":
      return { userAgent: navigator.userAgent, process: typeof process };
    case "run a case":
      return SUITES[command.suite](env)
        .cases.find(({ name }) => name === command.name)
        ?.run();
    case "call a store":
      return call(STORES[command.store](env) as LeaseStore, command.method, command.args);
    case "call an object": {
      const { namespace, id } = command.key;
      const object = env.MINTFAX_DEDUP.get(env.MINTFAX_DEDUP.idFromName(`${namespace} ${id}`));
      return call<TestDedup>(object as never, command.method, command.args);
    }
    case "send copies":
      return sendCopies(command.count, command.path, env);
    case "migrate":
      return createD1Store({ database: env.DB }).migrate();
    case "delete expired":
      return createD1Store({ database: env.DB }).deleteExpired(command.maxRows);
    case "query":
      return query(command.sql, command.values, env);
  }
}

async function query(sql: string, values: unknown[], { DB }: Env): Promise<QueryReport> {
  const { results, meta } = await DB.prepare(sql)
    .bind(...values)
    .all();
  return { results, rowsWritten: meta.rows_written, databaseBytes: meta.size_after };
}

function call<Callee>(callee: Callee, method: string, args: unknown[]): unknown {
  return (callee as Record<string, (...args: unknown[]) => unknown>)[method]?.(...args);
}
