import { Scene, type Setting } from "./conductor/scene.ts";
import { judge } from "./judge/judge.ts";
import type { Verdict } from "./judge/verdict.ts";
import type { Row } from "./rows/row.ts";

/** A row of the table. */
export interface Result {
  readonly fault: string;
  readonly store: string;
  readonly events: number;
  readonly deliveries: number;
  readonly verdict: Verdict;
  /** What was really done. */
  readonly done: string;
  /** Why the row fails; empty where it does not. */
  readonly problems: readonly string[];
}

/** Plays a row and judges what came of it. */
export async function play(row: Row, setting: Setting): Promise<Result> {
  const scene = await Scene.open(setting);
  try {
    const done = await row.play(scene);
    const reports = await scene.traffic.over();
    await scene.close();
    const rows = await scene.rows();
    const verdict = judge({ reports, entries: scene.ledger(), doings: scene.doings, rows });
    return {
      fault: row.fault,
      store: setting.kind,
      events: reports.length,
      deliveries: (await scene.traffic.attempts()).length,
      verdict,
      done,
      problems: [...scene.problems, ...problemsOf(verdict)],
    };
  } finally {
    await scene.close();
  }
}

function problemsOf({ lost, doubles, staleAccepted, fenceFaults }: Verdict): string[] {
  return [
    ...lost.map((id) => `lost: ${id}`),
    ...doubles
      .filter(({ preventable }) => preventable)
      .map(({ id, because }) => `doubled: ${id}, ${because}`),
    ...staleAccepted.map((call) => `stale, but accepted: ${call}`),
    ...fenceFaults.map((claim) => `fence did not grow: ${claim}`),
  ];
}
