import type { Authentic } from "../delivery/authenticate.ts";
import type { IncomingDelivery } from "../delivery/incoming.ts";
import type { LazyAbort } from "./abort.ts";
import type { HandlerContext } from "./handler.ts";
import type { Grant } from "./run.ts";

// As strict as for `webhook-id`: it is not signed, and people will log it.
const REQUEST_ID = /^[\x21-\x7e]{1,256}$/;

export function createContext<Platform, Tx>(
  incoming: IncomingDelivery<Platform>,
  delivery: Authentic,
  grant: Grant<Tx>,
  abort: LazyAbort,
  waitUntil: (promise: PromiseLike<unknown>) => void,
): HandlerContext<Platform, Tx> {
  const context = {
    id: delivery.id,
    attemptedAt: delivery.attemptedAt,
    requestId: requestIdOf(incoming),
    fence: grant.fence,
    platform: incoming.platform,
    waitUntil,
    get signal() {
      return abort.signal;
    },
  };
  // `HandlerContext` has `tx` exactly where the store grants one, which no type checker can follow.
  return (
    "tx" in grant ? Object.defineProperty(context, "tx", { value: grant.tx, enumerable: true }) : context
  ) as HandlerContext<Platform, Tx>;
}

function requestIdOf(incoming: IncomingDelivery): string | undefined {
  const requestId = incoming.header("request-id");
  return typeof requestId === "string" && REQUEST_ID.test(requestId) ? requestId : undefined;
}
