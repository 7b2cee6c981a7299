import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import type { ApiEnv } from "../api/setting.ts";
import { Fault } from "./fault.ts";
import type { Change } from "./protocol.ts";
import type { PageSource } from "./source.ts";
import { attemptView } from "./views.ts";

/** A page that takes nothing more than these is let go: it opens a new stream, and then has all of it at once. */
const WAITING_MAX = 2_000;
/** The tabs of a browser share one. */
const STREAMS_MAX = 50;
/** Proxies and laptops that sleep end a silent connection. */
const HEARTBEAT_MS = 15_000;

/** Server-sent events: each change as it happens, several at a time where they come fast. */
export class Streams {
  readonly #source: PageSource;
  #open = 0;

  constructor(source: PageSource) {
    this.#source = source;
  }

  /** @throws {Fault} 503 where there are {@link STREAMS_MAX} already */
  open(c: Context<ApiEnv>): Response {
    // Hono answers HEAD with the route of GET, and nothing would read or end that stream.
    if (c.req.method !== "GET") return c.body(null, 405);
    if (this.#open >= STREAMS_MAX) {
      throw new Fault(503, `${STREAMS_MAX} pages are open already. Close some.`);
    }
    this.#open += 1;
    const { outgoing } = c.env;
    return streamSSE(c, async (stream) => {
      let waiting: Change[] = [];
      let wake = (): void => {};
      const put = (change: Change): void => {
        waiting.push(change);
        // It may be in the middle of a write that never ends.
        if (waiting.length > WAITING_MAX) outgoing.destroy();
        wake();
      };
      const stops = [
        this.#source.attempts.watch((record) => put({ kind: "attempt", attempt: attemptView(record) })),
        this.#source.watch(put),
      ];
      outgoing.once("close", () => stream.abort());
      stream.onAbort(() => {
        for (const stop of stops) stop();
        waiting = [];
        this.#open -= 1;
        wake();
      });
      await stream.write("retry: 500\n\n");
      while (!stream.aborted) {
        if (waiting.length === 0) await somethingOr(HEARTBEAT_MS, (resolve) => (wake = resolve));
        const changes = waiting;
        waiting = [];
        await (changes.length === 0
          ? stream.write(": still here\n\n")
          : stream.writeSSE({ data: JSON.stringify(changes) }));
      }
    });
  }
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
