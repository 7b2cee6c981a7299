/** The load generator, in its own process. */
import { answerQuestions } from "../processes/protocol.ts";
import type { Expected } from "./answers.ts";
import { type LoadResult, send } from "./client.ts";
import { type Kind, requestsOf } from "./requests.ts";
import { Wire } from "./wire.ts";

/** What was sent, and what that took of this process. */
export interface Load extends LoadResult {
  readonly cpuSeconds: number;
}

let wire: Wire | undefined;

answerQuestions({
  prepare({ kind, count }: { kind: Kind; count: number }): number {
    wire = undefined;
    wire = new Wire(count, requestsOf(kind));
    return wire.bytesEach;
  },
  async send(to: { port: number; connections: number; expected: Expected }): Promise<Load> {
    if (wire === undefined) throw new Error("nothing is prepared, or it was sent before");
    const ready = wire;
    // Never the same ids twice.
    wire = undefined;
    const before = process.cpuUsage();
    const result = await send(ready, to);
    const { user, system } = process.cpuUsage(before);
    return { ...result, cpuSeconds: (user + system) / 1e6 };
  },
});
