import { atWork } from "./at-work.ts";
import { bundle } from "./bundle.ts";
import { http } from "./http.ts";
import { ids } from "./ids.ts";
import { memory } from "./memory.ts";
import { mysql } from "./mysql.ts";
import type { Part } from "./part.ts";
import { postgres } from "./postgres.ts";
import { postgresLink } from "./postgres-link.ts";
import { profile } from "./profile.ts";
import { queue } from "./queue.ts";
import { redis } from "./redis.ts";
import { refusals } from "./refusals.ts";
import { scaling } from "./scaling.ts";
import { sqlite } from "./sqlite.ts";
import { start } from "./start.ts";
import { verify } from "./verify.ts";
import { worker } from "./worker.ts";

export type PartName =
  | "verify"
  | "http"
  | "profile"
  | "refusals"
  | "scaling"
  | "ids"
  | "memory"
  | "at-work"
  | "redis"
  | "postgres"
  | "link"
  | "mysql"
  | "sqlite"
  | "queue"
  | "worker"
  | "start"
  | "bundle";

/** In the order in which they run. */
export const PARTS: Readonly<Record<PartName, Part>> = {
  verify,
  http,
  profile,
  refusals,
  scaling,
  ids,
  memory,
  "at-work": atWork,
  redis,
  postgres,
  link: postgresLink,
  mysql,
  sqlite,
  queue,
  worker,
  start,
  bundle,
};

export const PART_NAMES: readonly PartName[] = Object.keys(PARTS) as PartName[];
