/** What a receiver in workerd answers, by the way it is given its queue. */
import { createTestSender, eventFixture } from "@mintfax-webhooks/testing";
import { Ledger } from "conformance/hand-off/ledger";
import { SECRET } from "conformance/hostile";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { TestQueue } from "./test-queue.ts";
import { Workerd } from "./workerd.ts";

let workerd: Workerd;
let opened: TestQueue;
let ledger: Ledger;

beforeAll(async () => {
  workerd = await Workerd.start(1);
  opened = await workerd.open();
  ledger = await Ledger.start();
});
afterAll(async () => {
  await workerd.stop();
  await ledger.stop();
});
beforeEach(() => {
  workerd.told.length = 0;
});

async function deliver(path: string, body: string, id: string): Promise<string> {
  const sender = createTestSender({ secret: SECRET, to: workerd.origin + path });
  const { status, body: answer } = await sender.attempt(body, { id });
  return `${status} ${JSON.parse(answer ?? "").code ?? ""}`.trim();
}

/** The text of an event whose message has about so many bytes. */
function eventOf(messageBytes: number, character: string): { id: string; body: string } {
  const { id } = eventFixture("fax.delivered");
  const around = (text: string) =>
    `{"id":"${id}","type":"fax.delivered","created":1747173600,"data":{"object":{"tags":{"text":"${text}"}}}}`;
  const message = (body: string) =>
    JSON.stringify({
      version: 1,
      namespace: "mintfax",
      id,
      type: "fax.delivered",
      created: 1_747_173_600,
      enqueuedAt: Date.now(),
      body,
    });
  const left = messageBytes - Buffer.byteLength(message(around("")));
  return { id, body: around(character.repeat(Math.floor(left / Buffer.byteLength(character)))) };
}

test("the binding comes with the request: the event is stored, and the consumer works on it", async () => {
  opened.consume({ worker: { ledger: ledger.url } });
  const event = eventFixture("fax.delivered");
  expect(await deliver("/queue", JSON.stringify(event), event.id)).toBe("200");
  expect((await ledger.ran(event.id)).event).toEqual(event);
  expect(await ledger.ended(event.id)).toMatchObject({ outcome: "processed", attempt: 1 });
});

describe("a message's size is counted in bytes", () => {
  test.each(["x", "é", "李", "🏥"])("of %s: 127,000 bytes are stored", async (character) => {
    const { id, body } = eventOf(127_000, character);
    expect(await deliver("/queue", body, id)).toBe("200");
    await ledger.ended(id);
  });

  test.each(["x", "é", "李", "🏥"])(
    "of %s: more are answered with 503, and the alarm says what to do",
    async (character) => {
      const { id, body } = eventOf(127_004, character);
      expect(await deliver("/queue", body, id)).toBe("503 queue_unavailable");
      expect(workerd.told.at(-1)?.cause).toMatch(
        / has 127\d\d\d bytes; .* 127000.* largeBodies: a binding of R2 or KV/,
      );
    },
  );

  test.each([
    [128_000, true],
    [128_001, false],
  ])("workerd's own queue takes a message of %s bytes: %s", async (bytes, isTaken) => {
    const send = opened.queue.send("x".repeat(bytes - 2), { contentType: "json" });
    await (isTaken ? send : expect(send).rejects.toThrow(/exceeds limit of 128000/));
  });
});

describe.each(["r2", "kv"] as const)("a large body in %s", (kind) => {
  const keys = async (): Promise<string[]> => {
    const { objects } = await opened.r2.list();
    const { keys: names } = await opened.kv.list();
    return kind === "r2" ? objects.map(({ key }) => key) : names.map(({ name }) => name);
  };
  const text = async (key: string): Promise<string | undefined> =>
    kind === "r2" ? (await opened.r2.get(key))?.text() : ((await opened.kv.get(key)) ?? undefined);

  test("is worked on, and then overwritten with an empty text", async () => {
    const before = await keys();
    await opened.pause();
    const { id, body } = eventOf(200_000, "é");
    expect(await deliver(`/${kind}`, body, id)).toBe("200");
    const [key = ""] = (await keys()).filter((each) => !before.includes(each));
    expect(await text(key)).toBe(body);
    opened.consume({ worker: { ledger: ledger.url }, largeBodies: kind === "r2" ? "R2" : "KV" });
    expect((await ledger.ran(id)).event).toEqual(JSON.parse(body));
    await ledger.ended(id);
    await opened.pause();
    expect(await text(key)).toBe("");
  });

  test("is not used for a body that fits", async () => {
    const before = await keys();
    const event = eventFixture("fax.delivered");
    expect(await deliver(`/${kind}`, JSON.stringify(event), event.id)).toBe("200");
    expect(await keys()).toEqual(before);
  });
});

test.each([
  ["/missing", "500 queue_misconfigured", /function that finds the binding/],
  ["/bodies-missing", "500 queue_misconfigured", /function that finds the binding/],
  ["/throws", "503 queue_unavailable", /The queue binding failed: .*Storage Limit Exceeded/],
  ["/silent", "503 queue_unavailable", /500 ms/],
])("%s: %s", async (path, answer, cause) => {
  const event = eventFixture("fax.delivered");
  expect(await deliver(path, JSON.stringify(event), event.id)).toBe(answer);
  expect(workerd.told.at(-1)?.cause).toMatch(cause);
});
