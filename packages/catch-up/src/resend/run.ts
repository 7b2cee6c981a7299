import type { AttemptSetting } from "../api/attempts.ts";
import type { Calls } from "../api/calls.ts";
import type { Time } from "../api/time.ts";
import type { Memory } from "../memory.ts";
import type { Notes } from "../notes.ts";
import type { Settings } from "../options.ts";
import type { Tell } from "../steps.ts";
import type { Failure } from "./failure.ts";

/** What the parts of a run share. */
export interface Run {
  readonly settings: Settings;
  readonly maxPages: number;
  readonly calls: Calls;
  readonly time: Time;
  readonly memory: Memory;
  readonly notes: Notes;
  readonly tell: Tell;
  readonly dryRun: boolean;
  readonly ignoreWaits: boolean;
  readonly sinceMs: number;
  readonly startedMs: number;
  readonly failures: Map<string, Failure>;
  /** Figures that are not counted from the failures. */
  readonly figures: {
    attemptsRead: number;
    resent: number;
    notUnderstood: number;
    complete: boolean;
    endpointFailing: boolean;
  };
}

/** @param onCutShort called where a list was not read to its end */
export function attemptSetting(run: Run, onCutShort: () => void = () => {}): AttemptSetting {
  const { settings, maxPages, calls, notes, tell, figures } = run;
  return {
    calls,
    notes,
    tell,
    endpoint: settings.endpoint,
    maxPages,
    onNotUnderstood: () => {
      figures.notUnderstood += 1;
    },
    onIncomplete: (isCutShort) => {
      figures.complete = false;
      if (isCutShort) onCutShort();
    },
  };
}
