/** Both copies of core in one process, which docs/typescript.md says to be harmless: with one store an event is handled once. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import * as esm from "@mintfax-webhooks/core";
import { createTestSender, eventFixture } from "@mintfax-webhooks/testing";

// By its path, since Node takes the ES module for `require` too.
const cjs = createRequire(import.meta.url)("./node_modules/@mintfax-webhooks/core/dist/index.cjs");
assert.notEqual(cjs.MintfaxWebhookError, esm.MintfaxWebhookError);

const secret = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";
const event = eventFixture("fax.delivered");

async function outcomeOf(receiver) {
  const { status, body } = await createTestSender({ secret, to: receiver }).attempt(event);
  return `${status} ${JSON.parse(body).outcome}`;
}

for (const [first, second] of [
  [esm, cjs],
  [cjs, esm],
]) {
  const handled = [];
  const store = first.createMemoryStore();
  const receivers = [first, second].map(({ createFetchHandler }) =>
    createFetchHandler({ secret, store }).on("*", ({ id }) => handled.push(id)),
  );
  assert.equal(await outcomeOf(receivers[0]), "200 processed");
  assert.equal(await outcomeOf(receivers[1]), "200 duplicate");
  assert.deepEqual(handled, [event.id]);

  const wrong = new first.StoreMisconfiguredError("there is no table");
  const broken = Object.assign(first.createMemoryStore(), { claim: () => Promise.reject(wrong) });
  const receiver = second.createFetchHandler({ secret, store: broken, onOutcome() {} });
  assert.equal(await outcomeOf(receiver.on("*", () => {})), "500 misconfigured");
}
