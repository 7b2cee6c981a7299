import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { WorkerOptions } from "miniflare";

const ROOT = join(import.meta.dirname, "../..");

interface WranglerConfig {
  readonly compatibility_date: string;
  readonly compatibility_flags?: readonly string[];
  readonly d1_databases: readonly { readonly binding: string; readonly database_name: string }[];
  readonly queues: {
    readonly producers: readonly { readonly binding: string; readonly queue: string }[];
    readonly consumers: readonly {
      readonly queue: string;
      readonly max_batch_size: number;
      readonly max_batch_timeout: number;
      readonly max_retries: number;
      readonly retry_delay: number;
      readonly dead_letter_queue?: string;
    }[];
  };
}

/** `wrangler.jsonc`, as wrangler reads it. */
export function readWranglerConfig(): WranglerConfig {
  const text = readFileSync(join(ROOT, "wrangler.jsonc"), "utf8");
  return JSON.parse(text.replace(/^\s*\/\/.*$/gm, "")) as WranglerConfig;
}

/** What Miniflare needs to know, out of what wrangler is told. */
export function miniflareOptions(): Omit<WorkerOptions, "script"> {
  const { compatibility_date, compatibility_flags = [], d1_databases, queues } = readWranglerConfig();
  return {
    compatibilityDate: compatibility_date,
    compatibilityFlags: [...compatibility_flags],
    d1Databases: Object.fromEntries(
      d1_databases.map(({ binding, database_name }) => [binding, database_name]),
    ),
    queueProducers: Object.fromEntries(queues.producers.map(({ binding, queue }) => [binding, queue])),
    queueConsumers: Object.fromEntries(
      queues.consumers.map(({ queue, dead_letter_queue, ...consumer }) => [
        queue,
        {
          maxBatchSize: consumer.max_batch_size,
          maxBatchTimeout: consumer.max_batch_timeout,
          maxRetries: consumer.max_retries,
          retryDelay: consumer.retry_delay,
          ...(dead_letter_queue !== undefined && { deadLetterQueue: dead_letter_queue }),
        },
      ]),
    ),
  };
}

/** The statements of all migrations, in order. */
export function readMigrations(): string[] {
  const folder = join(ROOT, "migrations");
  const files = readdirSync(folder).sort();
  return files.flatMap((file) =>
    readFileSync(join(folder, file), "utf8")
      .replace(/^--.*$/gm, "")
      .split(";")
      .filter((statement) => statement.trim() !== ""),
  );
}
