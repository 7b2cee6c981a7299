import { Peer, type Reply } from "../peer.ts";
import type { AdapterCase } from "../target.ts";

/** @param body is given a part for ids that no other case uses */
export function adapterCase(
  id: string,
  row: string,
  body: (peer: Peer, name: string, origin: string) => Promise<void>,
): AdapterCase {
  return {
    id,
    row,
    async run({ origin }): Promise<readonly Reply[]> {
      const peer = new Peer(origin);
      await body(peer, id.replaceAll("-", "_"), origin);
      return peer.replies;
    },
  };
}
