/** A process with nothing else to do than a handler that never settles. */
import { attempt, receiving } from "test-support/receiving";

const { webhooks } = receiving();
webhooks.on("fax.delivered", () => {
  console.log("working");
  return new Promise(() => {});
});
void webhooks(attempt());
