import type { Handler, HandlerContext } from "@mintfax-webhooks/core";
import { type Ledger, readLedger } from "../ledger.ts";
import { sleep } from "../terms.ts";
import { reach } from "./points.ts";
import type { ReceiverSettings } from "./settings.ts";
import type { Opened, Writer } from "./stores.ts";

/**
 * Has one effect. With a lease store, that is its line in the ledger: what cannot be taken back, like a message sent.
 * In same-transaction mode it is a row, written through `tx`.
 */
export function createHandler(
  settings: Pick<ReceiverSettings, "workMs" | "heedsFence" | "plant" | "ledger">,
  { store, pool, insertEffect }: Opened,
  ledger: Ledger,
): Handler<unknown, Pick<HandlerContext<unknown, Writer>, "id" | "fence" | "tx">> {
  const { workMs, heedsFence, plant } = settings;
  return async (_event, { id, fence, tx }) => {
    ledger.write({ what: "started", id, fence });
    try {
      await reach("in-handler", id);
      await sleep((Math.random() * workMs) / 2);
      if (store.kind === "transactional") {
        if (insertEffect === undefined) throw new Error("the statement for the effect is missing");
        const writer = plant === "outside-tx" ? (pool as Writer) : tx;
        await writer.query(insertEffect, [id, fence, process.pid]);
      }
      ledger.write({ what: "effect", id, fence, ...(heedsFence && { fenced: true }) });
      if (heedsFence && !hadEffect(settings.ledger, id, fence)) throw new Error("a newer claim was here");
      await reach("after-effect", id);
      await sleep((Math.random() * workMs) / 2);
    } finally {
      ledger.write({ what: "ended", id, fence });
    }
  };
}

/** What a handler learns that stores the fence with its effect, in one step, as the documentation of `context.fence` advises. */
function hadEffect(ledger: string, id: string, fence: number): boolean {
  return readLedger(ledger).some(
    (entry) => entry.what === "effect" && entry.id === id && entry.fence === fence,
  );
}
