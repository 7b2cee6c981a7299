/** Two receivers, with the default store and one of `createMemoryStore()`, get two events each. */
import { createMemoryStore } from "@mintfax-webhooks/core";
import { attempt, receiving } from "test-support/receiving";

const statuses: number[] = [];
for (const { webhooks } of [receiving(), receiving({ store: createMemoryStore() })]) {
  webhooks.on("fax.delivered", () => {});
  for (let i = 0; i < 2; i += 1) statuses.push((await webhooks(attempt())).status);
}
console.log(statuses.join(" "));
