import { createReceiver } from "@mintfax-webhooks/core/adapter";
import { handleNodeRequest } from "@mintfax-webhooks/core/node";
import { SECRET } from "../terms.ts";
import type { MakeListener } from "./contestant.ts";
import { answerNatively } from "./native.ts";
import { use } from "./use.ts";

/** Node by itself: the least that a server can do with a delivery. */
export const floor: MakeListener = () => (req, res) => {
  const chunks: Buffer[] = [];
  req.on("data", (chunk: Buffer) => chunks.push(chunk));
  req.on("end", () => {
    use(Buffer.concat(chunks).length);
    res.writeHead(200, { "content-type": "text/plain", "content-length": 2 }).end("ok");
  });
};

export const native: MakeListener = (count) => (req, res) => void answerNatively(req, res, count);

export const mintfax: MakeListener = (count) => {
  const receiver = createReceiver({ secret: SECRET }).on(
    "fax.delivered",
    async ({ data: { object: fax } }) => {
      use(fax.pages);
      count();
    },
  );
  return (req, res) => void handleNodeRequest(receiver, req, res, req);
};
