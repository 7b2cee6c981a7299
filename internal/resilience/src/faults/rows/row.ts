import type { HandOffScene } from "../conductor/hand-off-scene.ts";
import type { Scene } from "../conductor/scene.ts";
import type { Surroundings } from "../conductor/store-server.ts";
import type { FileKind, StoreKind } from "../receiver/settings.ts";

/** Stores that are a server. */
export const SERVERS: readonly StoreKind[] = ["redis", "postgres", "postgres tx", "mysql", "mysql tx"];
export const FILES: readonly FileKind[] = ["better-sqlite3", "node:sqlite"];
/** Stores that several processes share. */
export const SHARED: readonly StoreKind[] = [...SERVERS, ...FILES];
export const POSTGRES: readonly StoreKind[] = ["postgres", "postgres tx"];
export const MYSQL: readonly StoreKind[] = ["mysql", "mysql tx"];
/** Stores whose effects are rows, written in the claim's own transaction. */
export const TRANSACTIONAL: readonly StoreKind[] = ["postgres tx", "mysql tx"];
export const LEASED: readonly StoreKind[] = ["redis", "postgres", "mysql"];
export const ALL: readonly StoreKind[] = ["memory", ...SHARED];

/** A fault, and how it is made. */
interface Fault<Kind> {
  readonly fault: string;
  /** Whether the short form has it too. */
  readonly inShort: boolean;
  /** It does something to the store's server, which no other row may be using, or needs something around it. */
  readonly ownServer?: true | Surroundings;
  /** It needs the machine for itself. */
  readonly alone?: boolean;
  /**
   * Plays the fault; pushes onto `scene.problems` what was not as it has to be, beyond what is counted for every row.
   *
   * @returns what was really done, in a few words
   */
  play(scene: Kind): Promise<string>;
}

/** One that receivers are played with, on these stores. */
export interface Row extends Fault<Scene> {
  readonly stores: readonly StoreKind[];
}

/** One that web and worker processes are played with, on every engine. */
export type HandOffRow = Fault<HandOffScene>;
