import type { Findings } from "./findings.ts";

/** A receiver that takes deliveries. */
export interface RunningReceiver {
  /** Where it takes deliveries. */
  readonly url: string;
  /** Undefined where the runs of its handler cannot be seen. */
  readonly runsUrl?: string;
  stop(): Promise<unknown>;
}

/** A receiver, and what the tools are to find. */
export interface Receiver {
  readonly name: string;
  /** Why it cannot be played on this machine; undefined where it can. */
  readonly missing?: string | undefined;
  /** @param secret of the endpoint, as the receiver is configured */
  start(secret: string): Promise<RunningReceiver>;
  readonly expected: Findings;
}
