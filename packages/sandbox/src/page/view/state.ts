import type { AttemptView, Change, FaxView, StateView } from "../protocol.ts";
import { call } from "./call.ts";
import { followChanges } from "./changes.ts";

/** All that the page shows, and whether it is up to date. */
export interface PageState {
  readonly view: StateView;
  readonly connection: "starting" | "live" | "lost";
  /** How far the server's clock is ahead of the browser's. */
  readonly clockAheadMs: number;
}

/** Loads the state, then takes in each change. */
export function follow(onState: (state: PageState) => void): void {
  let view: StateView | undefined;
  let connection: PageState["connection"] = "starting";
  let clockAheadMs = 0;
  let pending: Change[] = [];
  let isWaitingForFrame = false;
  const show = (): void => {
    isWaitingForFrame = false;
    if (view === undefined) return;
    view = applied(view, pending);
    pending = [];
    onState({ view, connection, clockAheadMs });
  };
  const soon = (): void => {
    if (isWaitingForFrame) return;
    isWaitingForFrame = true;
    requestAnimationFrame(show);
  };
  const load = async (): Promise<void> => {
    const loaded = await call<StateView>("GET", "/page/state");
    view = loaded;
    clockAheadMs = loaded.nowMs - Date.now();
  };
  const lost = (): void => {
    connection = "lost";
    soon();
  };
  followChanges({
    // What has happened before the stream was there is in the state.
    open: () =>
      void load().then(() => {
        connection = "live";
        soon();
      }, lost),
    changes: (changes) => {
      pending.push(...changes);
      soon();
    },
    lost: () => void (view === undefined ? load().then(lost, lost) : lost()),
  });
}

function applied(view: StateView, changes: readonly Change[]): StateView {
  if (changes.length === 0) return view;
  let { endpoints } = view;
  const attempts = new Map<string, AttemptView>();
  const faxes = new Map<string, FaxView>();
  for (const change of changes) {
    if (change.kind === "endpoints") endpoints = change.endpoints;
    else if (change.kind === "fax") faxes.set(change.fax.id, change.fax);
    else attempts.set(change.attempt.id, change.attempt);
  }
  return {
    ...view,
    endpoints,
    faxes: merged(view.faxes, faxes),
    attempts: merged(view.attempts, attempts).slice(0, view.attemptsKept),
  };
}

/** The newest first: what is known stays in its place, what is new comes to the top. */
function merged<T extends { readonly id: string }>(
  known: readonly T[],
  changed: Map<string, T>,
): readonly T[] {
  if (changed.size === 0) return known;
  const left = new Map(changed);
  const kept = known.map((item) => {
    const newer = left.get(item.id);
    left.delete(item.id);
    return newer ?? item;
  });
  return [...[...left.values()].reverse(), ...kept];
}
