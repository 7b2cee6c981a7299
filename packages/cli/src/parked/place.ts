import { type Command, Option } from "commander";
import { FILES_IN_WORDS, variable, withEnvFileOption } from "../environment.ts";
import { UsageError } from "../usage-error.ts";

/** Options of every command that looks into a queue. */
export interface PlaceOptions {
  readonly url?: string;
  readonly envFile?: string;
  readonly engine?: EngineName;
  readonly queue: string;
  readonly schema?: string;
  readonly prefix?: string;
}

export const ENGINE_NAMES = ["bullmq", "pg-boss", "graphile-worker"] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

/** Which queue. */
export interface Place {
  readonly engine: EngineName;
  /** Has a password, so it is never printed. */
  readonly url: string;
  readonly queue: string;
  /** Of the tables in PostgreSQL; undefined for the engine's default. */
  readonly schema: string | undefined;
  /** Of BullMQ's keys in Redis; undefined for its default. */
  readonly prefix: string | undefined;
}

const VARIABLE = "MINTFAX_QUEUE_URL";

export function withPlaceOptions(command: Command): Command {
  command.option("--url <url>", `postgres://... or redis://... (else: ${VARIABLE}, .env)`);
  return withEnvFileOption(command, VARIABLE)
    .addOption(new Option("--engine <engine>", "the engine; for postgres://...").choices(ENGINE_NAMES))
    .option("--queue <name>", "the queue's or task's name", "mintfax")
    .option("--schema <schema>", "the schema of the engine's tables in PostgreSQL")
    .option("--prefix <prefix>", "the prefix of BullMQ's keys in Redis");
}

/** @throws {UsageError} where the options do not name a queue */
export function placeFrom({ url, envFile, engine, queue, schema, prefix }: PlaceOptions): Place {
  const found = url === undefined ? variable(VARIABLE, envFile) : { text: url, source: "--url" };
  if (found === undefined) {
    throw new UsageError(
      `No queue. Set ${VARIABLE} to its postgres://... or redis://... URL (in the environment, or in ${FILES_IN_WORDS} in this ` +
        "directory), or pass --url URL or --env-file FILE. For Cloudflare Queues, see --help.",
    );
  }
  const text = found.text.trim();
  const redis = /^rediss?:\/\//i.test(text);
  if (!redis && !/^postgres(?:ql)?:\/\//i.test(text)) {
    throw new UsageError(`${found.source} is not a URL of the form postgres://... or redis://...`);
  }
  const named = redis ? "bullmq" : engine;
  if (named === undefined) {
    throw new UsageError(
      "PostgreSQL can have two engines. Add --engine pg-boss or --engine graphile-worker.",
    );
  }
  if (redis ? engine !== undefined && engine !== "bullmq" : named === "bullmq") {
    throw new UsageError(
      `${found.source} and --engine ${engine} do not match: BullMQ is in Redis, the others are in PostgreSQL.`,
    );
  }
  if (redis && schema !== undefined)
    throw new UsageError("--schema is for PostgreSQL, and the URL is of Redis.");
  if (!redis && prefix !== undefined)
    throw new UsageError("--prefix is for Redis, and the URL is of PostgreSQL.");
  return { engine: named, url: text, queue, schema, prefix };
}
