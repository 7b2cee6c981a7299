/** A catch-up as a process of its own, which a test kills. Tells each event that it has had resent. */
import { createCatchUp } from "@mintfax-webhooks/catch-up";

const [endpoint = "", apiKey = "", baseUrl = ""] = process.argv.slice(2);
const catchUp = createCatchUp({ endpoint, apiKey, baseUrl, requestsPerMinute: 100_000 });
for await (const step of catchUp.steps()) {
  if (step.type === "resent") process.send?.(step.resent);
}
