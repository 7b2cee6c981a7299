import type { Entry } from "../ledger.ts";

/** One run of a handler, as the ledger has it. Times by the shared clock; undefined for what never happened. */
export interface Run {
  readonly id: string;
  readonly fence: number;
  readonly pid: number;
  readonly claimedAt: number;
  readonly startedAt: number;
  effectAt?: number;
  endedAt?: number;
  /** When the store confirmed it. */
  completedAt?: number;
  /** When its process, which was about to end, stopped trying to complete it. A call of the store may be under way still. */
  gaveUpAt?: number;
  /** The latest moment at which its lease was known to be whole. */
  heldAt: number;
}

/** The runs of each event, in the order of their start. */
export function runsOf(entries: readonly Entry[]): Map<string, Run[]> {
  const claimed = new Map<string, number>();
  const byHolder = new Map<string, Run>();
  const byId = new Map<string, Run[]>();
  for (const entry of entries) {
    const { what, id, fence, pid, at } = entry;
    const holder = `${id} ${fence} ${pid}`;
    if (what === "claimed") claimed.set(holder, at);
    if (what === "started") {
      const claimedAt = claimed.get(holder) ?? at;
      const run: Run = { id, fence, pid, claimedAt, startedAt: at, heldAt: claimedAt };
      byHolder.set(holder, run);
      byId.set(id, [...(byId.get(id) ?? []), run]);
    }
    // An outcome does not know its fence, and belongs to what its process has done last.
    const isOutcome = what === "outcome" || what === "late-outcome";
    const run = isOutcome ? byId.get(id)?.findLast((of) => of.pid === pid) : byHolder.get(holder);
    if (run !== undefined) apply(run, entry);
  }
  return byId;
}

function apply(run: Run, { what, at, settle, result, code }: Entry): void {
  // In the answer, the same code says that the process goes on trying.
  if (what === "late-outcome" && code === "complete_unavailable") run.gaveUpAt = at;
  if (what === "effect") run.effectAt = at;
  if (what === "ended") run.endedAt = at;
  if (what !== "settled") return;
  if (settle === "renew" && result === "ok") run.heldAt = at;
  if (settle === "complete" && result === "ok") run.completedAt ??= at;
}
