import type { ServerResponse } from "node:http";
import type { Mounting } from "../adapter/mounting.ts";

const passedBy = new WeakMap<ServerResponse, Set<Mounting>>();

/**
 * For adapters: has a receiver told, with one line on standard error, where a delivery that it lets pass is answered with 404.
 * However many receivers let it pass, the response gets one listener.
 *
 * @param pathname of the request, from the root
 *
 * @example
 * ```ts
 * if (isDelivery(req.method, req.headers["webhook-signature"])) tellIfMissed(mounting, pathname, res);
 * next();
 * ```
 */
export function tellIfMissed(mounting: Mounting, pathname: string, res: ServerResponse): void {
  const before = passedBy.get(res);
  if (before !== undefined) {
    before.add(mounting);
    return;
  }
  const mountings = new Set([mounting]);
  passedBy.set(res, mountings);
  res.once("finish", () => {
    if (res.statusCode === 404) for (const missing of mountings) missing.missed(pathname);
  });
}
