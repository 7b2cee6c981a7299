/** Where everything takes place: both sides, servers and senders, go by this. It imports nothing, for any runtime. */

/** Not secret at all. */
export const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";

/** A server may know it as well, as the next one while a secret is being rotated. */
export const NEXT_SECRET = "whsec_YW5vdGhlci1zZWNyZXQtb2YtMjQtYnl0ZXM=";

/** Where the clock of the server under test stands still, so that 300 s and 301 s are two things. */
export const NOW_SECONDS = 1_747_173_605;

/** In every body: health data that no answer may repeat. */
export const CANARY = "patient-4711";

/** `bodyLimitBytes` where it is not set. */
export const DEFAULT_LIMIT_BYTES: number = 256 * 1024;

/** A receiver of the server under test, by its limits. */
export type Lane = "usual" | "roomy" | "hurried";

/** Where a receiver is, and its limits. */
interface LaneSetup {
  readonly path: string;
  readonly limits: { readonly bodyLimitBytes?: number; readonly bodyTimeoutMs?: number };
}

/** Receivers with other limits, each on a path of its own. */
export const LANES: Readonly<Record<Lane, LaneSetup>> = {
  usual: { path: "/webhooks/mintfax", limits: {} },
  roomy: { path: "/roomy", limits: { bodyLimitBytes: 4 * 1024 * 1024 } },
  hurried: { path: "/hurried", limits: { bodyTimeoutMs: 50 } },
};
