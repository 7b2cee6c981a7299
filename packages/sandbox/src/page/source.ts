import type { AttemptRecord, Attempts } from "../environment/attempts.ts";
import type { Action, Change, Reason, StateView } from "./protocol.ts";

/** Where the page's attempts come from: the sandbox's environment, or what `listen` has received. */
export interface PageSource {
  readonly attempts: Attempts;
  state(): Omit<StateView, "attempts" | "attemptsKept">;
  /** Tells what changes beside the attempts. @returns what stops it */
  watch(tell: (change: Change) => void): () => void;
  /** Why an attempt was refused, or should have been. */
  reasonsOf(record: AttemptRecord): Promise<readonly Reason[] | undefined>;
  actionsFor(record: AttemptRecord): readonly Action[];
  /** @returns the id of the attempt that it has started; undefined where what it needs is not there any more */
  send(record: AttemptRecord, action: Action): string | undefined;
}
