import { nowMs } from "../terms.ts";

/** A time in which something was wrong, by the shared clock. `to` is infinite while it lasts. */
export interface Span {
  readonly from: number;
  to: number;
}

/** What the conductor did, and to which process: the evidence that doubles are judged by. */
export class Doings {
  /** When a process was seen to have died of SIGKILL. */
  readonly deaths: Map<number, number> = new Map();
  readonly pauses: (Span & { readonly pid: number })[] = [];
  /** Store out of reach: for all processes, or for one. */
  readonly outages: (Span & { readonly pid: number | "all" })[] = [];
  /** When the store's own process was killed. */
  readonly storeKills: number[] = [];

  /** Notes that the store is out of reach from now on. @returns what to call when it is back */
  outage(pid: number | "all"): () => void {
    const span = { pid, from: nowMs(), to: Number.POSITIVE_INFINITY };
    this.outages.push(span);
    return () => {
      span.to = nowMs();
    };
  }
}

/** The same, once it is over. */
export type Done = Pick<Doings, "deaths" | "pauses" | "outages" | "storeKills">;
