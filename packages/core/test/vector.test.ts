import { createFetchHandler, createVerifier, type FaxDeliveredEvent } from "@mintfax-webhooks/core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

/** The test vector of mintfax-contract.md, section 2: computed by the reference library and by a plain HMAC. */
const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";
const TIMESTAMP = 1_747_173_605;
const HEADERS = {
  "webhook-id": "evt_8aZqRm4yT3vK7pNxJ2bH9c",
  "webhook-timestamp": String(TIMESTAMP),
  "webhook-signature": "v1,to1ENKU/YTPvpGr0YhCTqM+VonqAOndZP4T/rJXwg5A=",
};
const BODY = Buffer.from(
  '{"id":"evt_8aZqRm4yT3vK7pNxJ2bH9c","type":"fax.delivered","created":1747173600,"data":{"object":{' +
    '"id":"fax_8aZqRm4yT3vK7pNxJ2bH9c","status":"delivered","to":"+12125551234"}}}',
);
const NAMES = Object.keys(HEADERS) as (keyof typeof HEADERS)[];

/** Every bit flipped by itself, and values that decoders and comparisons like to treat in their own ways. */
const REPLACEMENTS: readonly ((byte: number) => number)[] = [
  ...Array.from({ length: 8 }, (_, bit) => (byte: number) => byte ^ (1 << bit)),
  ...[0x00, 0x09, 0x0a, 0x20, 0x2c, 0x2e, 0x30, 0x3d, 0x41, 0x7f, 0x80, 0xfe, 0xff].map(
    (value) => () => value,
  ),
  (byte: number) => (byte + 1) % 256,
  (byte: number) => ~byte & 0xff,
];

interface Alteration {
  readonly what: string;
  readonly bytes: Buffer;
}

/** Every alteration of one byte, every byte left out, and every byte doubled. */
function alterations(original: Buffer): Alteration[] {
  return Array.from(original, (byte, at) => {
    const values = new Set(REPLACEMENTS.map((replace) => replace(byte)));
    values.delete(byte);
    const around = (middle: readonly number[]): Buffer =>
      Buffer.concat([original.subarray(0, at), Buffer.from(middle), original.subarray(at + 1)]);
    return [
      ...[...values].map((value) => ({ what: `byte ${at} as ${value}`, bytes: around([value]) })),
      { what: `byte ${at} left out`, bytes: around([]) },
      { what: `byte ${at} doubled`, bytes: around([byte, byte]) },
    ];
  }).flat();
}

// Some ten thousand deliveries: seconds, but more than the usual five on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

beforeAll(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: TIMESTAMP * 1000 });
});
afterAll(() => {
  vi.useRealTimers();
});

describe("createVerifier", () => {
  const verifier = createVerifier({ secret: SECRET });

  test("verifies the contract's test vector", async () => {
    expect(BODY).toHaveLength(174);
    expect(await verifier.verify(HEADERS, BODY)).toEqual({
      ok: true,
      id: HEADERS["webhook-id"],
      attemptedAt: new Date("2025-05-13T22:00:05Z"),
      secretIndex: 0,
    });
  });

  test("refuses every alteration of one byte of the body", async () => {
    const all = alterations(BODY);
    expect(all.length).toBeGreaterThan(BODY.length * 20);
    for (const { what, bytes } of all) {
      expect(await verifier.verify(HEADERS, bytes), what).toMatchObject({
        ok: false,
        code: "signature_mismatch",
      });
    }
  });

  test.each(NAMES)("refuses every alteration of one byte of %s", async (name) => {
    for (const { what, bytes } of alterations(Buffer.from(HEADERS[name]))) {
      const altered = { ...HEADERS, [name]: bytes.toString("latin1") };
      expect(await verifier.verify(altered, BODY), what).toMatchObject({ ok: false });
    }
  });

  // Threat: T01
  test("refuses every alteration of one byte of the secret", async () => {
    const key = Buffer.from(SECRET.slice("whsec_".length), "base64");
    for (const { what, bytes } of alterations(key)) {
      const other = createVerifier({ secret: `whsec_${bytes.toString("base64")}` });
      expect(await other.verify(HEADERS, BODY), what).toMatchObject({
        ok: false,
        code: "signature_mismatch",
      });
    }
  });
});

describe("createFetchHandler", () => {
  const handled: FaxDeliveredEvent[] = [];
  const handler = createFetchHandler({ secret: SECRET }).on("fax.delivered", (event) => handled.push(event));

  function send(headers: Readonly<Record<string, string>>, body: Uint8Array<ArrayBuffer>): Promise<Response> {
    return handler(new Request("https://clinic.example/", { method: "POST", headers: { ...headers }, body }));
  }

  // Threat: T01, T04
  test("refuses every alteration of one byte of the body, before any handler", async () => {
    for (const { what, bytes } of alterations(BODY)) {
      const response = await send(HEADERS, new Uint8Array(bytes));
      expect(response.status, what).toBe(400);
      expect(await response.json(), what).toMatchObject({ outcome: "refused", code: "signature_mismatch" });
    }
    expect(handled).toEqual([]);
  });

  test.each(NAMES)("refuses every alteration of one byte of %s, before any handler", async (name) => {
    let sent = 0;
    for (const { what, bytes } of alterations(Buffer.from(HEADERS[name]))) {
      const value = bytes.toString("latin1");
      // `Headers` takes no control characters, and trims blanks at either end: the value is then the original again.
      if (/[\0\r\n]/.test(value) || value.trim() !== value) continue;
      expect((await send({ ...HEADERS, [name]: value }, new Uint8Array(BODY))).status, what).toBe(400);
      sent += 1;
    }
    expect(sent).toBeGreaterThan(HEADERS[name].length * 15);
    expect(handled).toEqual([]);
  });

  test("takes the contract's test vector to its handler, after all that", async () => {
    const response = await send(HEADERS, new Uint8Array(BODY));
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ outcome: "processed", id: HEADERS["webhook-id"] });
    expect(handled).toEqual([JSON.parse(BODY.toString())]);
  });
});
