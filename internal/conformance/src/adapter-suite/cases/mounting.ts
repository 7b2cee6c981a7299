import assert from "node:assert/strict";
import { MOUNTS, type Mount } from "../app/lanes.ts";
import { eventThat, expectAnswer } from "../peer.ts";
import type { AdapterCase } from "../target.ts";
import { adapterCase } from "./case.ts";

const PATH = "/webhooks/mintfax";

function reached(id: string, row: string, path: string): AdapterCase {
  return adapterCase(id, row, async (peer, name) => {
    const event = eventThat(name, "nothing");
    await expectAnswer(peer.deliver(event, path), 200, { outcome: "processed", id: event.id });
  });
}

/** A genuine delivery to where no receiver is: the app says so, and no receiver hears of it. */
function passedBy(id: string, row: string, path: string): AdapterCase {
  return adapterCase(id, row, async (peer, name) => {
    const event = eventThat(name, "nothing");
    const { status } = await peer.deliver(event, path);
    assert.equal(status, 404);
    // What a framework says to that is its own affair.
    peer.replies.length = 0;
    assert.equal(await peer.count(`arrived ${event.id}`), 0);
  });
}

function mounted({ below, by }: Mount): string {
  const depth = ["on the app", "below a prefix", "below two prefixes"][below.length];
  return `mounted by ${by}, ${depth}`;
}

/** Where deliveries arrive, and where they do not. */
export const MOUNTING_CASES: readonly AdapterCase[] = [
  reached("query", "a query behind the path", `${PATH}?from=mintfax`),
  reached("trailing-slash", "a slash behind the path", `${PATH}/`),
  ...Object.entries(MOUNTS).map(([path, mount]) => reached(`mount${path}`, mounted(mount), path)),
  passedBy("longer-path", "a longer path is not ours", `${PATH}/more`),
  passedBy("shorter-path", "a shorter path is not ours", "/webhooks"),
  passedBy("other-case", "the path in capitals is not ours", PATH.toUpperCase()),
  passedBy("other-prefix", "below another prefix is not ours", `/elsewhere${PATH}`),
  adapterCase("pass-through", "other routes keep their bodies", async (peer) => {
    const sent = JSON.stringify({ order: 1042 });
    const headers = { "content-type": "application/json" };
    const response = await peer.fetch("/echo", { method: "POST", headers, body: sent });
    assert.deepEqual([response.status, await response.text()], [200, sent]);
  }),
];
