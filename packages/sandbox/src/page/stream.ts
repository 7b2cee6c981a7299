import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import type { Environment } from "../environment/environment.ts";
import type { Change } from "./protocol.ts";
import { attemptView, endpointView, faxView } from "./views.ts";

/** A page that takes nothing more than these is let go: it opens a new stream, and then has all of it at once. */
const WAITING_MAX = 10_000;
/** Proxies and laptops that sleep end a silent connection. */
const HEARTBEAT_MS = 15_000;

/** Server-sent events: each change as it happens, several at a time where they come fast. */
export function changeStream(c: Context, environment: Environment): Response {
  return streamSSE(c, async (stream) => {
    let waiting: Change[] = [];
    let wake = (): void => {};
    const put = (change: Change): void => {
      waiting.push(change);
      wake();
    };
    const stop = environment.watch({
      attempt: (record) => put({ kind: "attempt", attempt: attemptView(record) }),
      fax: (fax) => put({ kind: "fax", fax: faxView(fax) }),
      endpoints: () => put({ kind: "endpoints", endpoints: environment.endpoints.map(endpointView) }),
    });
    stream.onAbort(() => {
      stop();
      wake();
    });
    while (!stream.aborted && waiting.length <= WAITING_MAX) {
      if (waiting.length === 0) await somethingOr(HEARTBEAT_MS, (resolve) => (wake = resolve));
      const changes = waiting;
      waiting = [];
      await (changes.length === 0
        ? stream.write(": still here\n\n")
        : stream.writeSSE({ data: JSON.stringify(changes) }));
    }
    stop();
  });
}

function somethingOr(ms: number, onWake: (resolve: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    timer.unref();
    onWake(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
