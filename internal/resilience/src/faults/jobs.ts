import { HAS_MARIADB } from "test-support/mariadb-server";
import { HAS_PGBOUNCER } from "test-support/pgbouncer-server";
import { HAS_REDIS } from "test-support/redis-server";
import type { Setting } from "./conductor/stage.ts";
import type { ServerKind } from "./conductor/store-server.ts";
import { ENGINE_KINDS } from "./hand-off/settings.ts";
import type { Options } from "./options.ts";
import { play, playHandOff, type Result } from "./play.ts";
import type { StoreKind } from "./receiver/settings.ts";
import { HAND_OFF } from "./rows/hand-off.ts";
import { ROWS } from "./rows/index.ts";
import { FILES, type HandOffRow, type Row } from "./rows/row.ts";

type Server = "memory" | ServerKind;

/** A row of the table on one store, or on one engine. */
export interface Job extends Pick<Row, "fault" | "inShort" | "ownServer" | "alone"> {
  readonly kind: string;
  /** What it needs running. */
  readonly server: Server;
  /** Of this job alone, in every run the same. */
  readonly key: string;
  play(setting: Omit<Setting<never>, "kind" | "key">): Promise<Result>;
}

/** In the order of the table. */
export function jobsFor({ short, only, store }: Options): Job[] {
  const jobs = [...ROWS.flatMap(onStores), ...HAND_OFF.flatMap(onEngines)];
  return jobs.filter(
    ({ fault, inShort, kind, server, ownServer }) =>
      (inShort || !short) &&
      fault.includes(only) &&
      (store ?? kind) === kind &&
      (HAS_REDIS || server !== "redis") &&
      (HAS_MARIADB || server !== "mysql") &&
      (HAS_PGBOUNCER || ownServer !== "pgbouncer"),
  );
}

function onStores(row: Row, number: number): Job[] {
  return row.stores.map((kind) => {
    const key = `${number}${kind.replace(/[ :]/, "")}`;
    const server = serverOf(kind);
    return { ...row, kind, key, server, play: (setting) => play(row, { ...setting, kind, key }) };
  });
}

function serverOf(kind: StoreKind): Server {
  if (FILES.some((file) => file === kind)) return "sqlite";
  if (kind === "mysql" || kind === "mysql tx") return "mysql";
  return kind === "memory" || kind === "redis" ? kind : "postgres";
}

function onEngines(row: HandOffRow, number: number): Job[] {
  return ENGINE_KINDS.map((kind) => {
    const key = `h${number}${kind.replace("-", "")}`;
    const server = kind === "bullmq" ? "redis" : "postgres";
    // graphile-worker gives the job of a killed worker away after 90 s, which is longer than the rest of the short form.
    const inShort = row.inShort && kind !== "graphile-worker";
    return {
      ...row,
      kind,
      key,
      server,
      inShort,
      play: (setting) => playHandOff(row, { ...setting, kind, key }),
    };
  });
}
