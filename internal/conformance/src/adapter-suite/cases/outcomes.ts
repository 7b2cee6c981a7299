import assert from "node:assert/strict";
import { eventFixture, forge, tamper } from "@mintfax-webhooks/testing";
import { CANARY, NEXT_SECRET, SECRET } from "../../hostile/setting.ts";
import { eventThat, expectAnswer, signed } from "../peer.ts";
import type { AdapterCase } from "../target.ts";
import { adapterCase } from "./case.ts";

const PROCESSED = { outcome: "processed" };
const DUPLICATE = { outcome: "duplicate" };
const BUSY = { outcome: "busy", code: "in_progress" };
const STORE_DOWN = { outcome: "unavailable", code: "store_unavailable" };
const MISMATCH = { outcome: "refused", code: "signature_mismatch" };

/** Every row of the design's table from outcome to answer that a well-formed request can lead to. */
export const OUTCOME_CASES: readonly AdapterCase[] = [
  adapterCase("processed", "handler succeeded: 200", async (peer, name) => {
    const event = eventThat(name, "nothing");
    const delivery = signed(event);
    await expectAnswer(peer.send(delivery), 200, { ...PROCESSED, id: event.id });
    // The handler was given the signal, mintfax's request id and what its framework calls the request.
    await peer.happened(`ended ${event.id} ${delivery.headers["request-id"]} platform`);
  }),

  // Threat: T03
  adapterCase("duplicate", "duplicate of a done event: 200, no second run", async (peer, name) => {
    const event = eventThat(name, "nothing");
    await expectAnswer(peer.deliver(event), 200, { ...PROCESSED, id: event.id });
    await expectAnswer(peer.deliver(event), 200, { ...DUPLICATE, id: event.id });
    assert.equal(await peer.count(`started ${event.id}`), 1);
  }),

  adapterCase("duplicate-with-another-body", "same id, another body: the same event", async (peer, name) => {
    const event = eventThat(name, "nothing");
    await expectAnswer(peer.deliver(event), 200, { ...PROCESSED, id: event.id });
    await expectAnswer(peer.deliver({ ...event, created: 1 }), 200, { ...DUPLICATE, id: event.id });
  }),

  adapterCase("forgotten", "forget(id): a replay runs again", async (peer, name) => {
    const event = eventThat(name, "nothing");
    assert.equal(await peer.forget(event.id), "absent");
    await peer.deliver(event);
    assert.equal(await peer.forget(event.id), "forgotten");
    await expectAnswer(peer.deliver(event), 200, { ...PROCESSED, id: event.id });
  }),

  adapterCase("unhandled", "no handler for this type: 200, not recorded as done", async (peer, name) => {
    const event = eventFixture("balance.low", { id: `evt_${name}` });
    await expectAnswer(peer.deliver(event), 200, { outcome: "unhandled", id: event.id });
    await expectAnswer(peer.deliver(event), 200, { outcome: "unhandled", id: event.id });
  }),

  adapterCase("rotation", "either of two secrets, or both", async (peer, name) => {
    for (const [index, secret] of [SECRET, NEXT_SECRET, [SECRET, NEXT_SECRET]].entries()) {
      const event = eventThat(`${name}${index}`, "nothing");
      await expectAnswer(peer.send(signed(event, secret)), 200, { ...PROCESSED, id: event.id });
    }
  }),

  adapterCase("forged", "no matching signature: 400", async (peer, name) => {
    const event = eventThat(name, "nothing");
    await expectAnswer(peer.send(forge(signed(event))), 400, { ...MISMATCH, id: event.id });
    await expectAnswer(peer.send(tamper(signed(event))), 400, { ...MISMATCH, id: event.id });
    assert.equal(await peer.count(`started ${event.id}`), 0);
  }),

  adapterCase("in-progress", "duplicate while the first runs: 409 with Retry-After", async (peer, name) => {
    const event = eventThat(name, "wait");
    const first = peer.deliver(event);
    await peer.happened(`started ${event.id}`);
    await expectAnswer(peer.deliver(event), 409, { ...BUSY, id: event.id });
    await peer.open(event.id);
    await expectAnswer(first, 200, { ...PROCESSED, id: event.id });
    await expectAnswer(peer.deliver(event), 200, { ...DUPLICATE, id: event.id });
  }),

  // Threat: T03
  adapterCase("stampede", "20 copies at once: one run, only 200 and 409", async (peer, name, origin) => {
    const event = eventThat(name, "nothing");
    const { headers, body } = signed(event);
    const copies = Array.from({ length: 20 }, () =>
      fetch(`${origin}/webhooks/mintfax`, { method: "POST", headers, body }),
    );
    const statuses = (await Promise.all(copies)).map(({ status }) => status);
    assert.deepEqual(
      statuses.filter((status) => status !== 200 && status !== 409),
      [],
    );
    assert.equal(await peer.count(`started ${event.id}`), 1);
  }),

  // Threat: T15
  adapterCase("handler-failed", "handler threw: 500; the retry runs it again", async (peer, name) => {
    const event = eventThat(name, "fail once");
    const failed = await peer.deliver(event);
    assert.equal((await failed.clone().text()).includes(CANARY), false);
    await expectAnswer(failed, 500, { outcome: "failed", code: "handler_failed", id: event.id });
    await expectAnswer(peer.deliver(event), 200, { ...PROCESSED, id: event.id });
    assert.equal(await peer.count(`started ${event.id}`), 2);
  }),

  adapterCase("handler-timed-out", "handler past its deadline: 503, the claim stays", async (peer, name) => {
    const event = eventThat(name, "wait");
    const late = { outcome: "timed_out", code: "handler_timed_out", id: event.id };
    await expectAnswer(peer.deliver(event, "/impatient"), 503, late);
    await expectAnswer(peer.deliver(event, "/impatient"), 409, { ...BUSY, id: event.id });
    await peer.open(event.id);
    await peer.happened(`late processed ${event.id}`);
    await expectAnswer(peer.deliver(event, "/impatient"), 200, { ...DUPLICATE, id: event.id });
    assert.equal(await peer.count(`ended ${event.id} aborted`), 1);
    assert.equal(await peer.count(`started ${event.id}`), 1);
  }),

  adapterCase("claim-down", "store down at claim: 503, handler not run", async (peer, name) => {
    const event = eventThat(name, "nothing");
    await expectAnswer(peer.deliver(event, "/claim-down"), 503, { ...STORE_DOWN, id: event.id });
    assert.equal(await peer.count(`started ${event.id}`), 0);
  }),

  adapterCase("complete-down", "store down at complete: 200, and an alarm", async (peer, name) => {
    const event = eventThat(name, "nothing");
    const code = "complete_unavailable";
    await expectAnswer(peer.deliver(event, "/complete-down"), 200, { ...PROCESSED, code, id: event.id });
    await peer.happened(`outcome ${code} ${event.id}`);
  }),

  adapterCase("lease-lost", "lease lost meanwhile: the result is discarded, 409", async (peer, name) => {
    const event = eventThat(name, "nothing");
    const lost = { outcome: "lost", code: "lease_lost", id: event.id };
    await expectAnswer(peer.deliver(event, "/taken-over"), 409, lost);
    await expectAnswer(peer.deliver({ ...event, id: `${event.id}_tx` }, "/commit-taken-over"), 409, {
      ...lost,
      id: `${event.id}_tx`,
    });
  }),

  adapterCase("transaction", "transactional store: commit, duplicate, rollback", async (peer, name) => {
    const event = eventThat(name, "nothing");
    await expectAnswer(peer.deliver(event, "/transactions"), 200, { ...PROCESSED, id: event.id });
    await expectAnswer(peer.deliver(event, "/transactions"), 200, { ...DUPLICATE, id: event.id });
    const failing = eventThat(`${name}_failing`, "fail once");
    const failed = { outcome: "failed", code: "handler_failed", id: failing.id };
    await expectAnswer(peer.deliver(failing, "/transactions"), 500, failed);
    await expectAnswer(peer.deliver(failing, "/transactions"), 200, { ...PROCESSED, id: failing.id });
  }),

  adapterCase("commit-down", "transactional store down at commit: 503", async (peer, name) => {
    const event = eventThat(name, "nothing");
    await expectAnswer(peer.deliver(event, "/commit-down"), 503, { ...STORE_DOWN, id: event.id });
  }),

  adapterCase("secret-unavailable", "the secret cannot be found: 503", async (peer, name) => {
    const event = eventThat(name, "nothing");
    const unavailable = { outcome: "unavailable", code: "secret_unavailable", id: event.id };
    await expectAnswer(peer.deliver(event, "/no-secret"), 503, unavailable);
  }),

  // Threat: T04
  adapterCase(
    "body-already-parsed",
    "body parsed by someone before us: 500 and the fix",
    async (peer, name) => {
      const event = eventThat(name, "nothing");
      const parsed = { outcome: "misconfigured", code: "body_already_parsed", id: event.id };
      await expectAnswer(peer.deliver(event, "/parsed"), 500, parsed);
      assert.equal(await peer.count(`started ${event.id}`), 0);
    },
  ),
];
