import { eventFixture, signDelivery } from "@mintfax-webhooks/testing";
import { afterEach, expect, test } from "vitest";
import { DiagnosisThread, type Question } from "../src/listen/diagnosis-thread.ts";
import { SECRET } from "./support/cli.ts";

const threads: DiagnosisThread[] = [];
const question = (): Question => {
  const { headers, body } = signDelivery(eventFixture("fax.delivered"), { secret: SECRET });
  return { request: { headers: Object.entries(headers), body }, secrets: [SECRET], at: new Date() };
};

function thread(limitMs?: number): DiagnosisThread {
  const made = new DiagnosisThread(limitMs);
  threads.push(made);
  return made;
}

afterEach(() => {
  for (const each of threads.splice(0)) each.close();
});

test("diagnoses one request after the other", async () => {
  const own = thread();
  const verified = { diagnosis: { verdict: "verified" } };
  expect(await Promise.all([own.diagnose(question()), own.diagnose(question())])).toMatchObject([
    verified,
    verified,
  ]);
});

test("gives up at its limit, and goes on with the next", async () => {
  const own = thread(1);
  expect(await own.diagnose(question())).toEqual({ undiagnosed: "the diagnosis took longer than 0.001 s" });
  expect(await own.diagnose(question())).toEqual({ undiagnosed: "the diagnosis took longer than 0.001 s" });
});

test("after a diagnosis that throws, the next one is made", async () => {
  const own = thread();
  const broken = { ...question(), secrets: [null as never] };
  expect(await own.diagnose(broken)).toEqual({ undiagnosed: "the diagnosis failed (TypeError)" });
  expect(await own.diagnose(question())).toMatchObject({ diagnosis: { verdict: "verified" } });
});

test("at most eight requests wait", async () => {
  const own = thread();
  const all = await Promise.all(Array.from({ length: 10 }, () => own.diagnose(question())));
  expect(all.filter((each) => "undiagnosed" in each)).toEqual([
    { undiagnosed: "8 refused deliveries were waiting already" },
    { undiagnosed: "8 refused deliveries were waiting already" },
  ]);
});

test("closing it gives up on the diagnoses under way", async () => {
  const own = thread();
  const both = [own.diagnose(question()), own.diagnose(question())];
  own.close();
  expect(await Promise.all(both)).toEqual([
    { undiagnosed: "the listener was stopped" },
    { undiagnosed: "the listener was stopped" },
  ]);
});
