import { HandOffScene } from "./conductor/hand-off-scene.ts";
import { Scene } from "./conductor/scene.ts";
import type { Setting } from "./conductor/stage.ts";
import type { EngineKind } from "./hand-off/settings.ts";
import { judge } from "./judge/judge.ts";
import type { Verdict } from "./judge/verdict.ts";
import type { StoreKind } from "./receiver/settings.ts";
import type { HandOffRow, Row } from "./rows/row.ts";

/** A row of the table. */
export interface Result {
  readonly fault: string;
  /** Or engine. */
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
export async function play(row: Row, setting: Setting<StoreKind>): Promise<Result> {
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

/** The same for a row of hand-off. Its effects are the workers'; what the engine has stored is judged by the same rules. */
export async function playHandOff(row: HandOffRow, setting: Setting<EngineKind>): Promise<Result> {
  const scene = await HandOffScene.open(setting);
  try {
    const done = await row.play(scene);
    const reports = await scene.traffic.over();
    await scene.drained();
    await scene.close();
    const { doings } = scene;
    const rows = await scene.rowsOf("effects");
    const verdict = judge({ reports, entries: scene.ledger(), doings, rows });
    const stored = await scene.rowsOf("enqueued");
    const intake = judge({ reports, entries: scene.intake(), doings, rows: stored });
    const twice = intake.doubles.filter(({ preventable }) => !preventable).length;
    return {
      fault: row.fault,
      store: setting.kind,
      events: reports.length,
      deliveries: (await scene.traffic.attempts()).length,
      verdict,
      done: twice === 0 ? done : `${done}; ${twice} stored twice, unpreventably`,
      problems: [
        ...scene.problems,
        ...problemsOf(verdict),
        // What was given up on before the engine acknowledged it has no effect on record, and is not lost.
        ...problemsOf({ ...intake, lost: [] }).map((problem) => `at intake: ${problem}`),
      ],
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
