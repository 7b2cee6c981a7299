/** One of several processes that expect and settle the same faxes, and one fax that is not settled. */
import { createFaxWatch } from "@mintfax-webhooks/sqlite";
import { eventFixture } from "@mintfax-webhooks/testing";

const [, , file = "", does] = process.argv;
const watch = createFaxWatch({ database: file, timeoutMs: 5_000 });
const by = new Date(Date.now() - 60_000);
if (does === "expect") await watch.expect("fax_owed", { by });
for (let n = 0; n < 400; n += 1) {
  const id = `fax_${n}`;
  if (does === "expect") await watch.expect(id, { by });
  else {
    const event = eventFixture("fax.delivered", { data: { object: { id } } });
    await watch.settle(event, { signal: new AbortController().signal });
  }
}
watch.close();
