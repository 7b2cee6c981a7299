/** A Worker as its users have it: it receives deliveries, hands them off, and consumes the queue. */

import { consume } from "./consumer.ts";
import { receivers } from "./receivers.ts";

const worker: { readonly fetch: typeof receivers.fetch; readonly queue: typeof consume } = {
  fetch: receivers.fetch,
  queue: consume,
};
export default worker;
