/** The load generator, in its own process. */
import { answerQuestions } from "../processes/protocol.ts";
import type { Expected } from "./answers.ts";
import { type LoadResult, send } from "./client.ts";
import { type Kind, requestsOf } from "./requests.ts";
import { Wire } from "./wire.ts";

let wire: Wire | undefined;

answerQuestions({
  prepare({ kind, count }: { kind: Kind; count: number }): number {
    wire = undefined;
    wire = new Wire(count, requestsOf(kind));
    return wire.bytesEach;
  },
  async send(to: { port: number; connections: number; expected: Expected }): Promise<LoadResult> {
    if (wire === undefined) throw new Error("nothing is prepared, or it was sent before");
    const ready = wire;
    // Never the same ids twice.
    wire = undefined;
    return send(ready, to);
  },
});
