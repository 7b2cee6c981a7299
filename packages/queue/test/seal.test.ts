import { createMemoryStore } from "@mintfax-webhooks/core";
import { createSeal, createWorker, handOff, type QueuedMessage, type Seal } from "@mintfax-webhooks/queue";
import { eventFixture } from "@mintfax-webhooks/testing";
import { describe, expect, test } from "vitest";

const OLD = "b2xkLW9sZC1vbGQtb2xkLW9sZC1vbGQtb2xkLW9sZC0=";
const NEW = "bmV3LW5ldy1uZXctbmV3LW5ldy1uZXctbmV3LW5ldy0=";

const EVENT = eventFixture("fax.failed", {
  data: { object: { tags: { patient: "Müller, 漢字, \u2028" } } },
});
const BODY = JSON.stringify(EVENT);

function message(body: string = BODY): QueuedMessage {
  const { id, type, created } = EVENT;
  return { version: 1, namespace: "mintfax", id, type, created, enqueuedAt: 1_764_000_000_000, body };
}

/** As a queue does: it keeps JSON. */
async function sealed(seal: Seal, plain: QueuedMessage = message()): Promise<QueuedMessage> {
  return JSON.parse(JSON.stringify(await seal.seal(plain))) as QueuedMessage;
}

describe("a seal", () => {
  const seal = createSeal({ keys: { new: NEW }, current: "new" });

  test.each([BODY, "", "x".repeat(300_000)])("gives back the text that it has sealed (%#)", async (body) => {
    expect(await seal.open(await sealed(seal, message(body)))).toBe(body);
  });

  // Threat: T20
  test("leaves nothing of the body in the message", async () => {
    const kept = JSON.stringify(await sealed(seal));
    const { to, tags } = EVENT.data.object;
    for (const secret of [String(to), ...Object.values(tags), "data", NEW])
      expect(kept).not.toContain(secret);
  });

  // Threat: T20
  test("of the same body looks different each time", async () => {
    const first = await sealed(seal);
    const second = await sealed(seal);
    expect(first.body).not.toBe(second.body);
    expect(first.seal?.nonce).not.toBe(second.seal?.nonce);
  });

  test.each<[string, Partial<QueuedMessage>]>([
    ["namespace", { namespace: "other" }],
    ["id", { id: "evt_other" }],
    ["type", { type: "fax.delivered" }],
    ["version", { version: 2 as 1 }],
    ["nonce", { seal: { key: "new", nonce: "AAAAAAAAAAAAAAAA" } }],
    ["empty nonce", { seal: { key: "new", nonce: "" } }],
    ["body", { body: "AAAA" }],
    ["body that is not base64", { body: "%" }],
    // Threat: T21
  ])("is broken by a change of the %s", async (_, change) => {
    expect(await seal.open({ ...(await sealed(seal)), ...change })).toMatchObject({ code: "seal_broken" });
  });

  // Threat: T21
  test("cannot be moved by joining namespace and id in another place", async () => {
    const kept = await sealed(seal, { ...message(), namespace: 'a","b', id: "c" });
    expect(await seal.open({ ...kept, namespace: "a", id: 'b","c' })).toMatchObject({ code: "seal_broken" });
  });
});

describe("a ring of keys", () => {
  const before = createSeal({ keys: { old: OLD }, current: "old" });
  const during = createSeal({ keys: { old: OLD, new: NEW }, current: "new" });
  const after = createSeal({ keys: { new: NEW }, current: "new" });

  test("opens what the previous key has sealed, and seals with the current one", async () => {
    expect(await during.open(await sealed(before))).toBe(BODY);
    expect((await sealed(during)).seal?.key).toBe("new");
    expect(await after.open(await sealed(during))).toBe(BODY);
  });

  // Threat: T20
  test("without a key cannot open its messages, and says which key", async () => {
    const refusal = await after.open(await sealed(before));
    expect(refusal).toMatchObject({ code: "seal_key_unknown", message: expect.stringContaining('"old"') });
  });

  test("whose key has other bytes says so", async () => {
    const other = createSeal({ keys: { old: NEW }, current: "old" });
    expect(await other.open(await sealed(before))).toMatchObject({ code: "seal_broken" });
  });
});

describe("createSeal", () => {
  const good = { keys: { new: NEW }, current: "new" };

  test("takes keys as bytes, and does not see what becomes of them later", async () => {
    const bytes = new Uint8Array(Buffer.from(NEW, "base64"));
    const seal = createSeal({ keys: { new: bytes }, current: "new" });
    bytes.fill(0);
    expect(await createSeal(good).open(await sealed(seal))).toBe(BODY);
  });

  test.each<[string, unknown, RegExp]>([
    ["no options", undefined, /options of createSeal\(\)/],
    ["no keys", { current: "new" }, /keys/],
    ["a key of 16 bytes", { ...good, keys: { new: NEW.slice(0, 22) } }, /"new" has 16 bytes; expected 32/],
    ["a passphrase", { ...good, keys: { new: "correct horse!" } }, /"new" is not base64; expected 32 bytes/],
    ["an undefined key", { ...good, keys: { new: undefined } }, /"new" is not base64/],
    ["an unknown current key", { ...good, current: "next" }, /current .*\(new\)/],
    ["a name that every object has", { ...good, current: "toString" }, /current/],
    ["a misspelt option", { ...good, curent: "new" }, /Did you mean current/],
    ["a text for acceptUnsealed", { ...good, acceptUnsealed: "no" }, /acceptUnsealed/],
  ])("refuses %s, and does not quote a key", (_, options, expected) => {
    let thrown: unknown;
    try {
      createSeal(options as typeof good);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ name: "ConfigurationError", message: expect.stringMatching(expected) });
    expect(String(thrown)).not.toMatch(/bmV3|correct/);
  });
});

test.each([NEW, { keys: { new: NEW } }, null])(
  "a seal that createSeal() has not made is refused (%#)",
  (seal) => {
    const queue = { engine: "none", name: "none", enqueue: () => "queued" as const };
    expect(() => handOff(queue, { seal: seal as never })).toThrow(
      /seal is not a seal; expected what createSeal\(\)/,
    );
    expect(() => createWorker({ store: createMemoryStore(), seal: seal as never })).toThrow(
      /seal is not a seal/,
    );
  },
);
