/** Reads all that there is, in a dry run, and tells the heap that it takes just before the end. */
import { createCatchUp } from "@mintfax-webhooks/catch-up";

const [endpoint = "", apiKey = "", baseUrl = ""] = process.argv.slice(2);
const catchUp = createCatchUp({ endpoint, apiKey, baseUrl, requestsPerMinute: 100_000 });
let heapBytes = 0;
for await (const step of catchUp.steps({ dryRun: true })) {
  if (step.type === "planned") {
    globalThis.gc?.();
    heapBytes = process.memoryUsage().heapUsed;
  }
  if (step.type === "finished") {
    const { requests, events } = step.report;
    process.send?.({ heapBytes, requests, total: events.total });
    process.disconnect();
  }
}
