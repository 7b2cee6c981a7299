import { join } from "node:path";

/** The environment of a command that finds node-redis only. */
export const WITHOUT_IOREDIS: Readonly<Record<string, string>> = {
  NODE_OPTIONS: `--import ${join(import.meta.dirname, "without-ioredis.ts")}`,
};
