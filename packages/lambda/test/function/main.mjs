import { setTimeout as sleep } from "node:timers/promises";
import { mintfaxWebhooks, toLambda } from "@mintfax-webhooks/lambda";

const print = (record) => console.log(JSON.stringify(record));

const webhooks = mintfaxWebhooks({ onOutcome: print, onLateOutcome: print })
  .on("fax.delivered", (_event, { waitUntil, platform }) => {
    waitUntil(sleep(100).then(() => print({ afterwards: platform.context.awsRequestId })));
  })
  .on(
    "fax.failed",
    (_event, { signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener("abort", () => {
          print({ aborted: signal.reason.message });
          reject(signal.reason);
        });
      }),
  );

export const handler = toLambda(webhooks);
