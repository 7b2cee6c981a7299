import { useEffect, useState } from "hono/jsx/dom";
import type { AttemptView, Change, FaxView, StateView } from "../protocol.ts";
import { call } from "./call.ts";

/** All that the page shows, and whether it is up to date. */
export interface PageState {
  readonly view: StateView;
  readonly isLive: boolean;
  /** How far the sandbox's clock is ahead of the browser's. */
  readonly clockAheadMs: number;
}

/** Loads the state, then takes in each change. Undefined until it is there. */
export function usePageState(): PageState | undefined {
  const [state, setState] = useState<PageState | undefined>(undefined);
  useEffect(() => {
    let view: StateView | undefined;
    let isLive = false;
    let clockAheadMs = 0;
    let pending: Change[] = [];
    let frame = 0;
    const show = (): void => {
      frame = 0;
      if (view === undefined) return;
      view = applied(view, pending);
      pending = [];
      setState({ view, isLive, clockAheadMs });
    };
    const soon = (): void => {
      frame ||= requestAnimationFrame(show);
    };
    const source = new EventSource("/page/changes");
    source.onopen = () => {
      // What has happened before the stream was there is in the state.
      void call<StateView>("GET", "/page/state").then((loaded) => {
        view = loaded;
        clockAheadMs = loaded.nowMs - Date.now();
        isLive = true;
        show();
      });
    };
    source.onmessage = ({ data }) => {
      pending.push(...(JSON.parse(data as string) as Change[]));
      soon();
    };
    source.onerror = () => {
      isLive = false;
      soon();
    };
    return () => {
      source.close();
      cancelAnimationFrame(frame);
    };
  }, []);
  return state;
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
