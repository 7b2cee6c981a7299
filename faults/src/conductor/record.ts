/** A time in which something was wrong, by the shared clock. `to` is open while it lasts. */
export interface Span {
  readonly from: number;
  to: number;
}

/** What the conductor did, and to which process: the evidence that a double is judged by. */
export class Record {
  /** When a process was seen to have died of SIGKILL. */
  readonly deaths: Map<number, number> = new Map();
  readonly pauses: (Span & { readonly pid: number })[] = [];
  /** Store out of reach: for all processes, or for one. */
  readonly outages: (Span & { readonly pid: number | "all" })[] = [];
  /** When the store's own process was killed. */
  readonly storeKills: number[] = [];
}
