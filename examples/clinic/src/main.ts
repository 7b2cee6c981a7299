/**
 * A day at a clinic: starts the Express example as a process of its own, sends it signed deliveries over HTTP as
 * mintfax would, good ones and bad ones, and checks what came of each. Exits with 1 if anything is off.
 */
import { randomBytes } from "node:crypto";
import type { EventOf, MintfaxEvent, MintfaxEventType } from "@mintfax-webhooks/core";
import {
  type Attempt,
  createTestSender,
  eventFixture,
  forge,
  signDelivery,
  type TestSender,
  tamper,
} from "@mintfax-webhooks/testing";
import { Clinic } from "./clinic.ts";
import { Report, statuses, tally } from "./report.ts";

/** mintfax waits 10, 100 and 1000 seconds before its retries; here a hundredth of it. */
const TIME_SCALE = 0.01;

const newSecret = () => `whsec_${randomBytes(24).toString("base64")}`;
const secret = newSecret();
const report = new Report();
let clinic = await Clinic.open(secret);
let sender = createTestSender({ secret, to: clinic.url, timeScale: TIME_SCALE });

/** An event in the life of an order's fax. */
function faxEvent<Type extends Extract<MintfaxEventType, `fax.${string}`>>(
  type: Type,
  order: string,
): EventOf<Type> {
  const overrides = { data: { object: { id: `fax_order${order}`, tags: { order } } } };
  return eventFixture(type, overrides as never) as EventOf<Type>;
}

async function deliverAll(events: readonly MintfaxEvent[], from: TestSender = sender): Promise<Attempt[]> {
  const attempts: Attempt[] = [];
  for (const event of events) attempts.push(...(await from.deliver(event)).attempts);
  return attempts;
}

/** What is wrong, if anything, with the effects of an order. */
async function orderFaults(order: string, log: readonly string[], status: string): Promise<string[]> {
  const found = (await clinic.overview()).orders[order];
  const faults: string[] = [];
  if (tally(found?.log ?? []) !== tally(log)) {
    faults.push(`order ${order}: handlers saw ${tally(found?.log ?? [])}; expected ${tally(log)}`);
  }
  if (found?.status !== status) faults.push(`order ${order} is ${found?.status}; expected ${status}`);
  return faults;
}

function answerFaults(attempts: readonly Attempt[], expected: string): string[] {
  const answered = statuses(attempts);
  return answered === expected ? [] : [`answered ${answered}; expected ${expected}`];
}

async function wholeLives(): Promise<void> {
  const lives = { "1001": "fax.delivered", "1002": "fax.delivered", "1003": "fax.failed" } as const;
  const faults: string[] = [];
  const attempts: Attempt[] = [];
  for (const [order, last] of Object.entries(lives)) {
    await clinic.addOrder(order);
    const life = [faxEvent("fax.queued", order), faxEvent("fax.sending", order), faxEvent(last, order)];
    attempts.push(...(await deliverAll(life)));
    const log = life.map((event) => event.type);
    faults.push(...(await orderFaults(order, log, last === "fax.failed" ? "failed" : "delivered")));
  }
  faults.push(...answerFaults(attempts, "200 ×9"));
  report.row("three faxes, from queued to end", 9, statuses(attempts), "9 events, 3 each", faults);
}

async function redelivery(): Promise<void> {
  await clinic.addOrder("1004");
  const event = faxEvent("fax.delivered", "1004");
  const attempts = await deliverAll([event, event, event]);
  const faults = [
    ...(await orderFaults("1004", ["fax.delivered"], "delivered")),
    ...answerFaults(attempts, "200 ×3"),
  ];
  report.row("an event delivered three times", 3, statuses(attempts), "1 event", faults);
}

async function copiesAtOnce(): Promise<void> {
  const event = eventFixture("balance.low");
  const attempts = await Promise.all(Array.from({ length: 20 }, () => sender.attempt(event)));
  const { topUps } = await clinic.overview();
  const faults = topUps === 1 ? [] : [`${topUps} top-ups were ordered; expected 1`];
  if (attempts.some(({ status }) => status !== 200 && status !== 409))
    faults.push("expected only 200 and 409");
  report.row("20 copies of balance.low at once", 20, statuses(attempts), `${topUps} top-up ordered`, faults);
}

async function failsOnce(): Promise<void> {
  const event = faxEvent("fax.delivered", "1005");
  const delivery = sender.start(event);
  // The event overtook the order: its handler throws. By the retry, the order is there.
  await clinic.reported(event.id, "failed");
  await clinic.addOrder("1005");
  const { attempts } = await delivery.done;
  const faults = [
    ...(await orderFaults("1005", ["fax.delivered"], "delivered")),
    ...answerFaults(attempts, "500, 200"),
  ];
  report.row("a handler fails, the retry works", attempts.length, statuses(attempts), "1 event", faults);
}

async function outOfOrder(): Promise<void> {
  await clinic.addOrder("1006");
  const life = [
    faxEvent("fax.queued", "1006"),
    faxEvent("fax.sending", "1006"),
    faxEvent("fax.delivered", "1006"),
  ];
  const attempts = await deliverAll(life.toReversed());
  const faults = [
    ...(await orderFaults("1006", ["fax.delivered", "fax.sending", "fax.queued"], "delivered")),
    ...answerFaults(attempts, "200 ×3"),
  ];
  report.row("a life in reverse order", 3, statuses(attempts), "3, ends delivered", faults);
}

async function refusals(): Promise<void> {
  await clinic.addOrder("1007");
  const good = () => signDelivery(faxEvent("fax.delivered", "1007"), { secret });
  const minutesAgo = new Date(Date.now() - 6 * 60_000);
  const bad = {
    "a forged signature": [forge(good()), "signature_mismatch"],
    "a delivery of six minutes ago": [
      signDelivery(faxEvent("fax.delivered", "1007"), { secret, at: minutesAgo }),
      "timestamp_too_old",
    ],
    "a body changed on the way": [tamper(good()), "signature_mismatch"],
  } as const;
  for (const [what, [delivery, code]] of Object.entries(bad)) {
    const attempt = await sender.send(delivery);
    const faults = [...(await orderFaults("1007", [], "new")), ...answerFaults([attempt], "400")];
    const answer = JSON.parse(attempt.body ?? "{}") as { code?: string };
    if (answer.code !== code) faults.push(`expected the answer to say ${code}`);
    report.row(what, 1, `${attempt.status} ${answer.code}`, "nothing", faults);
  }
}

async function rotation(): Promise<void> {
  const next = newSecret();
  const attempts: Attempt[] = [];
  const matched: (number | undefined)[] = [];
  const deliver = async (order: string, ...secrets: string[]): Promise<void> => {
    await clinic.addOrder(order);
    sender.rotate(secrets);
    const event = faxEvent("fax.delivered", order);
    attempts.push(...(await deliverAll([event])));
    matched.push((await clinic.reported(event.id, "processed")).secretIndex);
  };
  // mintfax signs with both while a secret is rotated, so the server that knows only the old one goes on.
  await deliver("1008", secret, next);
  const faults = (await clinic.close()) ? [] : ["the server did not finish what it had begun"];

  clinic = await Clinic.open(next, secret);
  sender = createTestSender({ secret, to: clinic.url, timeScale: TIME_SCALE });
  await deliver("1009", secret);
  await deliver("1010", next);
  for (const order of ["1009", "1010"])
    faults.push(...(await orderFaults(order, ["fax.delivered"], "delivered")));
  faults.push(...answerFaults(attempts, "200 ×3"));
  if (matched.join() !== "0,1,0") faults.push(`secrets matched: ${matched.join()}; expected 0,1,0`);
  report.row("a secret rotated, with a restart", 3, statuses(attempts), "3 events", faults);
}

report.start("A day at a clinic: signed deliveries over HTTP to examples/express");
try {
  await wholeLives();
  await redelivery();
  await copiesAtOnce();
  await failsOnce();
  await outOfOrder();
  await refusals();
  await rotation();
} finally {
  await clinic.close();
}
process.exitCode = report.end() ? 0 : 1;
