import type { FaxDeliveredEvent, HandlerContext } from "@mintfax-webhooks/core";
import { CANARY } from "../../hostile/setting.ts";
import { type Journal, until } from "./journal.ts";

/** What the handler of `fax.delivered` does, said by the event's tag `do`. */
export type Behaviour =
  /** Succeeds at once, as without the tag. */
  | "nothing"
  | "fail once"
  /** Succeeds once the gate with the event's id is open. */
  | "wait"
  /** Succeeds at once; a promise given to `waitUntil` ends once the gate is open. */
  | "wait in the background";

/** The gates that have been opened, by the ids of their events. */
export type Gates = Set<string>;

export function handlerOf(journal: Journal, gates: Gates) {
  return async (event: FaxDeliveredEvent, context: HandlerContext): Promise<void> => {
    const { id } = context;
    const again = journal.lines.includes(`started ${id}`);
    journal.add(`started ${id}`);
    const behaviour = event.data.object.tags.do as Behaviour | undefined;
    if (behaviour === "fail once" && !again) throw new Error(`could not tell ${CANARY}`);
    if (behaviour === "wait") await until(() => gates.has(id));
    if (behaviour === "wait in the background") {
      context.waitUntil(until(() => gates.has(id)).then(() => journal.add(`afterwards ${id}`)));
    }
    const { signal, requestId, platform } = context;
    const how = [signal.aborted && "aborted", requestId, platform !== undefined && "platform"];
    journal.add(`ended ${id} ${how.filter(Boolean).join(" ")}`);
  };
}
