import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  createTestSender,
  eventFixture,
  forge,
  signDelivery,
  type TestSender,
  tamper,
} from "@mintfax-webhooks/testing";
import { Clinic } from "./clinic.ts";
import { Mintfax, type SentAttempt, type Shipment } from "./mintfax.ts";
import { ReverseProxy } from "./proxy.ts";
import { type Report, tally } from "./report.ts";

/** mintfax's magic numbers for the three lives of a fax. */
const DELIVERED = "+15005550001";
const DELIVERED_BY_THE_SECOND_ATTEMPT = "+15005550004";
const NOT_A_FAX_LINE = "+15005550008";
/** The answer gives the overlap's end in whole seconds, rounded down. */
const AFTER_THE_OVERLAP_MS = 1_100;

/** What happens to the clinic, scene by scene. Each scene checks its own effects. */
export class Day {
  readonly mintfax: Mintfax;
  clinic: Clinic;
  readonly #proxy: ReverseProxy;
  readonly #folder: string;
  readonly #report: Report;
  #secret: string;

  static async begin(report: Report): Promise<Day> {
    const folder = mkdtempSync(join(tmpdir(), "clinic-"));
    const [mintfax, proxy] = await Promise.all([Mintfax.open(), ReverseProxy.open()]);
    const secret = await mintfax.register(`http://127.0.0.1:${proxy.port}/webhooks/mintfax`);
    const day = new Day(mintfax, proxy, await Clinic.open(fileIn(folder), secret), folder, secret, report);
    proxy.serverListens(day.clinic.port);
    return day;
  }

  private constructor(
    mintfax: Mintfax,
    proxy: ReverseProxy,
    clinic: Clinic,
    folder: string,
    secret: string,
    report: Report,
  ) {
    this.mintfax = mintfax;
    this.clinic = clinic;
    this.#proxy = proxy;
    this.#folder = folder;
    this.#secret = secret;
    this.#report = report;
  }

  async allScenes(): Promise<void> {
    await this.#wholeLives();
    await this.#everyEventTwice();
    await this.#copiesAtOnce();
    await this.#failsOnce();
    await this.#outOfOrder();
    await this.#refusals();
    await this.#killed();
    await this.#rotation();
  }

  async end(): Promise<void> {
    await this.mintfax.close();
    this.#proxy.close();
    await this.clinic.close();
    rmSync(this.#folder, { recursive: true });
  }

  async #wholeLives(): Promise<void> {
    const attempts = await this.#deliver(10, [
      { order: "1001", to: DELIVERED },
      { order: "1002", to: DELIVERED_BY_THE_SECOND_ATTEMPT },
      { order: "1003", to: NOT_A_FAX_LINE },
    ]);
    const faults = [
      ...(await this.#orderFaults("1001", ["fax.queued", "fax.sending", "fax.delivered"])),
      ...(await this.#orderFaults("1002", ["fax.queued", "fax.sending", "fax.sending", "fax.delivered"])),
      ...(await this.#orderFaults("1003", ["fax.queued", "fax.sending", "fax.failed"])),
      ...answerFaults(attempts, "200 ×10"),
    ];
    this.#row("three faxes, from queued to end", attempts, "10 events", faults);
  }

  async #everyEventTwice(): Promise<void> {
    const attempts = await this.#deliver(6, [{ order: "1004", arrival: "doubled" }]);
    const faults = await this.#orderFaults("1004", ["fax.queued", "fax.sending", "fax.delivered"]);
    // A copy that comes while the first is at work is answered 409, and sent again.
    if (attempts.some(({ status_code: status }) => status !== 200 && status !== 409))
      faults.push("expected only 200 and 409");
    this.#row("every event of a fax twice", attempts, "3 events", faults);
  }

  async #copiesAtOnce(): Promise<void> {
    const event = eventFixture("balance.low");
    const sender = this.#sender();
    const attempts = await Promise.all(Array.from({ length: 20 }, () => sender.attempt(event)));
    const { topUps } = await this.clinic.overview();
    const faults = topUps === 1 ? [] : [`${topUps} top-ups were ordered; expected 1`];
    if (attempts.some(({ status }) => status !== 200 && status !== 409))
      faults.push("expected only 200 and 409");
    const answered = tally(attempts.map(({ status }) => status));
    this.#report.row("20 copies of balance.low at once", 20, answered, `${topUps} top-up ordered`, faults);
  }

  async #failsOnce(): Promise<void> {
    const fax = await this.mintfax.send({ order: "1005" });
    // The event overtook the order: its handler throws. By the retries, the order is there.
    const first = await this.mintfax.firstAttempt(fax);
    await this.clinic.reported(first.event_id, "failed");
    await this.clinic.addOrder("1005");
    await this.mintfax.retryNow(first);
    // "Retry now" leaves the schedule as it is, so this event is accepted twice.
    const attempts = await this.mintfax.accepted([fax], 4);
    const faults = await this.#orderFaults("1005", ["fax.queued", "fax.sending", "fax.delivered"]);
    const statuses = attempts.map(({ status_code: status }) => status);
    if (statuses[0] !== 500) faults.push(`the first attempt was answered ${statuses[0]}; expected 500`);
    const accepted = statuses.filter((status) => status === 200).length;
    if (accepted !== 4) faults.push(`${accepted} attempts were answered 200; expected 4`);
    this.#row('a handler fails, "Retry now" too', attempts, "3 events", faults);
  }

  async #outOfOrder(): Promise<void> {
    const attempts = await this.#deliver(3, [{ order: "1006", arrival: "out_of_order" }]);
    const faults = [
      ...(await this.#orderFaults("1006", ["fax.queued", "fax.sending", "fax.delivered"])),
      ...answerFaults(attempts, "200 ×3"),
    ];
    const { orders } = await this.clinic.overview();
    const log = orders["1006"]?.log.join();
    if (log !== "fax.delivered,fax.sending,fax.queued")
      faults.push(`handlers saw ${log}; expected the reverse`);
    this.#row("a life in reverse order", attempts, "3, ends delivered", faults);
  }

  async #refusals(): Promise<void> {
    await this.clinic.addOrder("1007");
    const event = () => eventFixture("fax.delivered", { data: { object: { tags: { order: "1007" } } } });
    const good = (at: Date = new Date()) => signDelivery(event(), { secret: this.#secret, at });
    const sixMinutesAgo = new Date(Date.now() - 6 * 60_000);
    const bad = {
      "a forged signature": [forge(good()), "signature_mismatch"],
      "a delivery of six minutes ago": [good(sixMinutesAgo), "timestamp_too_old"],
      "a body changed on the way": [tamper(good()), "signature_mismatch"],
    } as const;
    for (const [what, [delivery, code]] of Object.entries(bad)) {
      const { status, body } = await this.#sender().send(delivery);
      const answer = JSON.parse(body ?? "{}") as { code?: string };
      const faults = await this.#orderFaults("1007", [], "new");
      if (status !== 400) faults.push(`answered ${status}; expected 400`);
      if (answer.code !== code) faults.push(`expected the answer to say ${code}`);
      this.#report.row(what, 1, `${status} ${answer.code}`, "nothing", faults);
    }
  }

  async #killed(): Promise<void> {
    await this.clinic.addOrder("1008");
    this.#proxy.cutNext();
    const fax = await this.mintfax.send({ order: "1008" });
    // The handler has done its work, and mintfax does not learn of it: to mintfax, this attempt has failed.
    const { event_id: id } = await this.mintfax.firstAttempt(fax);
    await this.clinic.reported(id, "processed");
    await this.clinic.kill();
    const before = this.clinic.lines;

    await this.#restart([this.#secret], ["1008"]);
    const attempts = await this.mintfax.accepted([fax], 3);
    const events = new Set(attempts.map(({ event_id }) => event_id));
    await Promise.all([...events].map((event) => this.clinic.reported(event)));
    const faults: string[] = [];
    const processed = [...before, ...this.clinic.lines].filter(({ outcome }) => outcome === "processed");
    const ids = processed.map((line) => line.id);
    for (const event of events) {
      const runs = ids.filter((each) => each === event).length;
      if (runs !== 1) faults.push(`an event was handled ${runs} times; expected once`);
    }
    faults.push(...answerFaults(attempts, "cut off, 200 ×3"));
    this.#row("killed before it could answer", attempts, "3 events", faults);
  }

  /** The server again, on the same file. Its orders are in memory, so they are stored again. */
  async #restart(secrets: readonly string[], orders: readonly string[]): Promise<void> {
    this.clinic = await Clinic.open(fileIn(this.#folder), ...secrets);
    for (const order of orders) await this.clinic.addOrder(order);
    this.#proxy.serverListens(this.clinic.port);
  }

  async #rotation(): Promise<void> {
    const life = ["fax.queued", "fax.sending", "fax.delivered"];
    const old = this.#secret;
    const { secret: next, oldEndsAt } = await this.mintfax.rotate();
    this.#secret = next;
    // mintfax signs with both while a secret is rotated, so the server that knows only the old one goes on.
    const attempts = await this.#deliver(3, [{ order: "1009" }]);
    const faults = await this.#orderFaults("1009", life);
    this.#proxy.serverEnds();
    if (!(await this.clinic.close())) faults.push("the server did not finish what it had begun");
    await this.#restart([old, next], []);
    attempts.push(...(await this.#deliver(3, [{ order: "1010" }])));
    faults.push(...(await this.#orderFaults("1010", life)));

    await sleep(Math.max(0, oldEndsAt.getTime() + AFTER_THE_OVERLAP_MS - Date.now()));
    const withNext = await this.#deliver(3, [{ order: "1011" }]);
    faults.push(...(await this.#orderFaults("1011", life)));
    faults.push(...answerFaults([...attempts, ...withNext], "200 ×9"));
    const ids = withNext.map(({ event_id }) => event_id);
    const matched = await Promise.all(ids.map((id) => this.clinic.reported(id)));
    if (matched.some(({ secretIndex }) => secretIndex !== 1))
      faults.push("expected the new secret alone to match after the overlap");
    this.#row("a secret rotated, with a restart", [...attempts, ...withNext], "9 events", faults);
  }

  /** Sends faxes that belong to orders of the clinic, until so many attempts are accepted. */
  async #deliver(accepted: number, shipments: readonly Shipment[]): Promise<SentAttempt[]> {
    await Promise.all(shipments.map(({ order }) => this.clinic.addOrder(order)));
    const faxes = await Promise.all(shipments.map((shipment) => this.mintfax.send(shipment)));
    return this.mintfax.accepted(faxes, accepted);
  }

  /** For what mintfax's API does not send: events of the balance, copies at once, and what strangers send. */
  #sender(): TestSender {
    return createTestSender({ secret: this.#secret, to: this.clinic.url });
  }

  /** What is wrong, if anything, with the effects of an order: events may arrive in another order than they happened in. */
  async #orderFaults(order: string, log: readonly string[], status?: string): Promise<string[]> {
    const found = (await this.clinic.overview()).orders[order];
    const expected = status ?? log.at(-1)?.replace("fax.", "");
    const faults: string[] = [];
    const [seen, wanted] = [found?.log ?? [], log].map((types) => tally(types.toSorted()));
    if (seen !== wanted) faults.push(`order ${order}: handlers saw ${seen}; expected ${wanted}`);
    if (found?.status !== expected) faults.push(`order ${order} is ${found?.status}; expected ${expected}`);
    return faults;
  }

  #row(what: string, attempts: readonly SentAttempt[], saw: string, faults: readonly string[]): void {
    this.#report.row(what, attempts.length, answersTo(attempts), saw, faults);
  }
}

function fileIn(folder: string): string {
  return join(folder, "webhooks.db");
}

function answersTo(attempts: readonly SentAttempt[]): string {
  return tally(attempts.map(({ status_code: status }) => status ?? "cut off"));
}

function answerFaults(attempts: readonly SentAttempt[], expected: string): string[] {
  const answered = answersTo(attempts);
  return answered === expected ? [] : [`answered ${answered}; expected ${expected}`];
}
