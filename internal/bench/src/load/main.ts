/** The load generator, in its own process. */
import { answerQuestions } from "../processes/protocol.ts";
import { type Connection, type Destination, type LoadResult, open, send } from "./client.ts";
import { type Kind, requestsOf } from "./requests.ts";
import { Wire } from "./wire.ts";

let wire: Wire | undefined;
let connections: readonly Connection[] = [];

answerQuestions({
  prepare({ kind, count }: { kind: Kind; count: number }): number {
    wire = undefined;
    wire = new Wire(count, requestsOf(kind));
    return wire.bytesEach;
  },
  async open(to: Destination): Promise<void> {
    connections = await open(to);
  },
  async send(): Promise<LoadResult> {
    if (wire === undefined) throw new Error("nothing is prepared, or it was sent before");
    const ready = wire;
    // Never the same ids twice.
    wire = undefined;
    return send(ready, connections);
  },
});
