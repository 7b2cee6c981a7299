import type { Command, Reply } from "../machine/command.ts";

/** One call to a store, as the world saw it; the process that made it may know less. */
export interface Call {
  readonly command: Command;
  readonly sentMs: number;
  /** What went wrong with it. */
  fault: string | undefined;
  effectMs?: number;
  reply?: Reply;
  /** Of its event, when it took effect. */
  generation?: number;
  /** When the process got its answer, or an error. */
  answeredMs?: number;
  failedMs?: number;
}
