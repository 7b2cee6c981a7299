import type { Findings } from "./contract/findings.ts";
import type { Receiver } from "./contract/receiver.ts";
import { NAIVE_RECEIVERS } from "./receivers/naive-receivers.ts";
import { OUR_RECEIVERS } from "./receivers/our-receivers.ts";
import { REFERENCE_RECEIVERS } from "./receivers/reference-receivers.ts";
import { find } from "./tools/find.ts";

/** The naive ones, those of the reference library, and ours. */
export const RECEIVERS: readonly Receiver[] = [...NAIVE_RECEIVERS, ...REFERENCE_RECEIVERS, ...OUR_RECEIVERS];

const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";

/** Starts a receiver, plays the tools against it, and stops it. */
export async function play(receiver: Receiver): Promise<Findings> {
  const running = await receiver.start(SECRET);
  try {
    return await find(running, SECRET);
  } finally {
    await running.stop();
  }
}

/** For a comparison: `certify` has an order of its own. */
export function sorted({ trigger, simulate, certify, advised }: Findings): Findings {
  return {
    trigger: trigger.toSorted(),
    simulate: simulate.toSorted(),
    certify: certify.toSorted(),
    advised: advised.toSorted(),
  };
}
