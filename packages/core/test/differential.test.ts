import { createHmac } from "node:crypto";
import { createVerifier, type HeaderValue } from "@mintfax-webhooks/core";
import {
  type Candidate,
  DELIBERATE_DIFFERENCES,
  type Difference,
  type DifferenceName,
  mayDiffer,
  weRefuse,
} from "conformance/deliberate-differences";
import { macOf, SECRET } from "conformance/hostile";
import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { runs } from "test-support/property-runs";
import { runSize } from "test-support/run-size";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

const NOW_SECONDS = 1_747_173_605;
const NOW = String(NOW_SECONDS);
const ID = "evt_8aZqRm4yT3vK7pNxJ2bH9c";
const BODY = Buffer.from('{"id":"evt_1"}');
const FORGED = `v1,${"A".repeat(43)}=`;

/** Some ten seconds altogether on two idle cores; far more than a busy machine needs. */
const TIMEOUT_MS = 300_000;

/** A fifth of them in `pnpm test`. */
const many = (deliveries: number): number => runSize(deliveries / 5, deliveries);

beforeAll(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW_SECONDS * 1000 });
});
afterAll(() => {
  vi.useRealTimers();
});

/** Whether the reference takes the delivery for authentic with one of the secrets. */
function referenceAccepts(
  secrets: readonly string[],
  { id, timestamp, signature, body }: Candidate,
): boolean {
  const headers = { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature };
  return secrets.some((secret) => {
    try {
      new Webhook(secret).verify(body, headers);
      return true;
    } catch (error) {
      // It has verified the body by then, and stumbled over what is in it: the listed difference `notJson`.
      return error instanceof SyntaxError;
    }
  });
}

function weAccept(secrets: readonly string[], { id, timestamp, signature, body }: Candidate): boolean {
  const headers = { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature };
  const verdict = createVerifier({ secret: secrets }).verify(headers, body);
  // With node:crypto the verdict is there at once, and 100,000 promises would not be free.
  if (!("ok" in verdict)) throw new Error("expected a verdict, not a promise of one");
  return verdict.ok;
}

/** Holds our verdict equal to the reference's, on this many deliveries outside the listed differences. */
function holdEqual(
  numRuns: number,
  arbitrary: fc.Arbitrary<{ readonly secrets: readonly string[]; readonly candidate: Candidate }>,
): { readonly accepted: number; readonly refused: number } {
  const seen = { accepted: 0, refused: 0 };
  fc.assert(
    fc.property(arbitrary, ({ secrets, candidate }) => {
      fc.pre(!mayDiffer(candidate));
      const expected = referenceAccepts(secrets, candidate);
      seen[expected ? "accepted" : "refused"] += 1;
      return weAccept(secrets, candidate) === expected;
    }),
    { ...runs(numRuns), maxSkipsPerRun: 20 },
  );
  return seen;
}

const secret: fc.Arbitrary<string> = fc
  .uint8Array({ minLength: 16, maxLength: 64, size: "max" })
  .map((key) => `whsec_${Buffer.from(key).toString("base64")}`);

const idCharacter = fc
  .integer({ min: 0x21, max: 0x7e })
  .map((code) => String.fromCharCode(code === 0x2e ? 0x5f : code));
const id: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: idCharacter, minLength: 1, maxLength: 40, size: "max" }) },
  { weight: 1, arbitrary: fc.constantFrom("__proto__", "0", "evt_1", "a,b", "i".repeat(256), ID) },
);

/** Any text a JSON encoder can write: all of Unicode, lone surrogates as escapes, numbers, nesting. */
const body: fc.Arbitrary<Buffer> = fc.oneof(
  fc.json({ stringUnit: "binary", maxDepth: 2 }).map((text) => Buffer.from(text)),
  fc
    .string({ unit: "grapheme", maxLength: 60 })
    .map((note) => Buffer.from(JSON.stringify({ id: "evt_1", note }))),
  fc.string({ unit: "binary", maxLength: 60 }).map((text) => Buffer.from(JSON.stringify(text))),
);

const offset: fc.Arbitrary<number> = fc.integer({ min: -300, max: 300 });

const authentic = fc.record({ secret, id, body, offset }).map(({ secret, id, body, offset }) => {
  const timestamp = String(NOW_SECONDS + offset);
  return {
    secret,
    candidate: { id, timestamp, body, signature: `v1,${macOf(id, timestamp, body, secret)}` },
  };
});

function replaceAt(text: string, at: number, length: number, by: string): string {
  const start = at % (text.length + 1);
  return text.slice(0, start) + by + text.slice(start + length);
}

/** One character or a few put in, left out or exchanged, anywhere. */
const edit: fc.Arbitrary<(text: string) => string> = fc.oneof(
  fc.tuple(fc.nat(), fc.nat({ max: 2 }), fc.string({ unit: "binary-ascii", maxLength: 2 })).map(
    ([at, length, by]) =>
      (text: string) =>
        replaceAt(text, at, length, by),
  ),
  fc.nat().map((at) => (text: string) => text.slice(0, at % (text.length + 1))),
  fc.constantFrom<(text: string) => string>(
    (text) => ` ${text}`,
    (text) => `${text} `,
    (text) => `${text}\n`,
    (text) => text + text,
    (text) => text.toUpperCase(),
    (text) => [...text].reverse().join(""),
    () => "",
  ),
);

const damaged = fc
  .tuple(authentic, fc.constantFrom("id", "timestamp", "signature", "body"), edit, fc.boolean())
  .map(([{ secret, candidate }, part, change, signedAnew]) => {
    const changed: Candidate =
      part === "body"
        ? { ...candidate, body: Buffer.from(change(candidate.body.toString())) }
        : { ...candidate, [part]: change(candidate[part as "id"]) };
    // Signed anew, only what the change itself does to a part decides, not that the signature no longer fits.
    const { id, timestamp, body } = changed;
    const signature = `v1,${macOf(id, timestamp, body, secret)}`;
    return {
      secrets: [secret],
      candidate: signedAnew && part !== "signature" ? { ...changed, signature } : changed,
    };
  });

const base64Character = fc.constantFrom(
  ..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-_",
);

/** Ways to make a token of the right signature, good ones among them, and tokens made of anything. */
const token: fc.Arbitrary<(mac: string) => string> = fc.oneof(
  { weight: 2, arbitrary: fc.constant((mac: string) => `v1,${mac}`) },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom("v0", "v2", "v1a", "V1", "v1 ", "v", "1", "", "v11", "v1.0")
      .map((version) => (mac: string) => `${version},${mac}`),
  },
  {
    weight: 3,
    arbitrary: fc
      .string({ unit: base64Character, minLength: 40, maxLength: 46, size: "max" })
      .map((text) => () => `v1,${text}`),
  },
  { weight: 2, arbitrary: edit.map((change) => (mac: string) => `v1,${change(mac)}`) },
  { weight: 1, arbitrary: edit.map((change) => (mac: string) => change(`v1,${mac}`)) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<(mac: string) => string>(
      () => FORGED,
      () => "v1",
      () => "v1,",
      () => ",",
      () => "",
      (mac) => mac,
      (mac) => `v1,${mac.slice(0, -1)}`,
      (mac) => `v1,${mac.replaceAll("+", "-").replaceAll("/", "_")}`,
      (mac) => `v1,${Buffer.from(mac, "base64").toString("hex")}`,
    ),
  },
);

const tokens = fc
  .tuple(
    authentic,
    fc.array(token, { maxLength: 16, size: "max" }),
    fc.constantFrom(" ", " ", " ", "  ", "\t"),
  )
  .map(([{ secret, candidate }, list, separator]) => {
    const mac = candidate.signature.slice("v1,".length);
    return {
      secrets: [secret],
      candidate: { ...candidate, signature: list.map((make) => make(mac)).join(separator) },
    };
  });

/** Moments within seconds of either end of the tolerance, and odd ones far from it. */
const moment: fc.Arbitrary<number> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(-300, 300).chain((edge) => fc.integer({ min: edge - 3, max: edge + 3 })),
  },
  { weight: 1, arbitrary: fc.integer({ min: -NOW_SECONDS, max: 10 ** 12 }) },
);

const timed = fc.record({ secret, id, body, moment, milliseconds: fc.nat({ max: 999 }) });

/** Several secrets; signed with some of them, with unknown ones, or with none. */
const rotating = fc
  .tuple(
    fc.array(secret, { minLength: 1, maxLength: 4 }),
    fc.array(fc.nat({ max: 5 }), { maxLength: 4 }),
    authentic,
  )
  .map(([secrets, signers, { secret: stranger, candidate }]) => {
    const { id, timestamp, body } = candidate;
    const signature = signers
      .map((signer) => `v1,${macOf(id, timestamp, body, secrets[signer] ?? stranger)}`)
      .join(" ");
    return { secrets, candidate: { ...candidate, signature } };
  });

// Threat: T01
describe("the verdict equals that of standardwebhooks, outside the listed differences", () => {
  test(
    `on ${many(25_000)} authentic deliveries: both accept`,
    () => {
      const seen = holdEqual(
        many(25_000),
        authentic.map(({ secret, candidate }) => ({ secrets: [secret], candidate })),
      );
      expect(seen).toEqual({ accepted: runs(many(25_000)).numRuns, refused: 0 });
    },
    TIMEOUT_MS,
  );

  test(
    `on ${many(30_000)} deliveries with one part changed, half of them signed anew`,
    () => {
      expectBoth(holdEqual(many(30_000), damaged));
    },
    TIMEOUT_MS,
  );

  test(
    `on ${many(25_000)} signature headers of good, bad and odd tokens`,
    () => {
      expectBoth(holdEqual(many(25_000), tokens));
    },
    TIMEOUT_MS,
  );

  test(
    `on ${many(15_000)} moments around the ends of the tolerance`,
    () => {
      const seen = { accepted: 0, refused: 0 };
      fc.assert(
        fc.property(timed, ({ secret, id, body, moment, milliseconds }) => {
          vi.setSystemTime(NOW_SECONDS * 1000 + milliseconds);
          const timestamp = String(NOW_SECONDS + moment);
          const candidate = { id, timestamp, body, signature: `v1,${macOf(id, timestamp, body, secret)}` };
          const expected = referenceAccepts([secret], candidate);
          seen[expected ? "accepted" : "refused"] += 1;
          return weAccept([secret], candidate) === expected;
        }),
        runs(many(15_000)),
      );
      vi.setSystemTime(NOW_SECONDS * 1000);
      expectBoth(seen);
    },
    TIMEOUT_MS,
  );

  test(
    `on ${many(15_000)} rotations of several secrets`,
    () => {
      expectBoth(holdEqual(many(15_000), rotating));
    },
    TIMEOUT_MS,
  );

  /** Verdicts that are all the same would be equal without having been compared. */
  function expectBoth({ accepted, refused }: { readonly accepted: number; readonly refused: number }): void {
    expect(Math.min(accepted, refused)).toBeGreaterThan((accepted + refused) / 20);
  }
});

describe("inside the listed differences", () => {
  test(
    "we refuse wherever the list says that only the reference may accept",
    () => {
      const any = fc.oneof(damaged, tokens);
      fc.assert(
        fc.property(any, ({ secrets, candidate }) => !(weRefuse(candidate) && weAccept(secrets, candidate))),
        runs(many(20_000)),
      );
    },
    TIMEOUT_MS,
  );

  // Threat: T04
  test(
    "of bytes that are no text we accept exactly what was signed",
    () => {
      const raw = fc.record({
        secret,
        bytes: fc.uint8Array({ maxLength: 80, size: "max" }),
        at: fc.nat(),
        by: fc.integer({ min: 0, max: 255 }),
      });
      fc.assert(
        fc.property(raw, ({ secret, bytes, at, by }) => {
          const body = Buffer.from(bytes);
          const signature = `v1,${macOf(ID, NOW, body, secret)}`;
          const changed = Buffer.from(bytes);
          if (changed.length > 0) changed[at % changed.length] = by;
          const candidate = { id: ID, timestamp: NOW, signature, body: changed };
          return weAccept([secret], candidate) === changed.equals(body);
        }),
        runs(5_000),
      );
    },
    TIMEOUT_MS,
  );
});

type Verdict = "accepts" | "refuses" | string;

interface Shown {
  readonly headers?: Readonly<Record<string, HeaderValue>>;
  readonly body?: Buffer | Uint8Array<ArrayBuffer>;
  readonly secret?: string;
  readonly ours: Verdict;
  readonly reference: Verdict;
}

/** Headers over `BODY`, changed, under a signature made from what the reference takes to be signed. */
function headersOf(over: {
  id?: string;
  timestamp?: string;
  signed?: string;
  signature?: (mac: string) => string;
}) {
  const { id = ID, timestamp = NOW, signed = timestamp, signature = (mac: string) => `v1,${mac}` } = over;
  const mac = createHmac("sha256", Buffer.from(SECRET.slice("whsec_".length), "base64"))
    .update(`${id}.${signed}.`)
    .update(BODY)
    .digest("base64");
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature(mac) };
}

/** The usual headers for another body, signed as its bytes are, or as another body's. */
function over(body: Uint8Array, signed: Uint8Array = body): Pick<Shown, "headers"> & { body: Buffer } {
  return {
    headers: {
      "webhook-id": ID,
      "webhook-timestamp": NOW,
      "webhook-signature": `v1,${macOf(ID, NOW, signed)}`,
    },
    body: Buffer.from(body),
  };
}

/** A secret as a reader might mistype it, with the signature of the key that the reference makes of it. */
function underSecret(secret: string): Pick<Shown, "headers" | "secret"> {
  const signature = new Webhook(secret).sign(ID, new Date(NOW_SECONDS * 1000), BODY.toString());
  return { secret, headers: { "webhook-id": ID, "webhook-timestamp": NOW, "webhook-signature": signature } };
}

const ONLY_THEY = { ours: "refuses", reference: "accepts" } as const;
const INVALID = Buffer.from('{"a":"\xfe"}', "latin1");

const SHOWN: Readonly<Record<DifferenceName, readonly Shown[]>> = {
  oddTimestamp: [`${NOW}abc`, ` ${NOW}`, `${NOW}.9`, `+${NOW}`, `0${NOW}`].map((timestamp) => ({
    headers: headersOf({ timestamp, signed: NOW }),
    ...ONLY_THEY,
  })),
  dottedId: [
    { headers: headersOf({ id: "evt.1" }), ...ONLY_THEY },
    {
      // The slide itself: signed for the id `a` and a body that starts with another timestamp.
      headers: {
        "webhook-id": `a.${NOW}`,
        "webhook-timestamp": NOW,
        "webhook-signature": `v1,${macOf("a", NOW, Buffer.concat([Buffer.from(`${NOW}.`), BODY]))}`,
      },
      ...ONLY_THEY,
    },
  ],
  oddId: ["evt 1", "evt_é", "evt\t1", "📠"].map((id) => ({ headers: headersOf({ id }), ...ONLY_THEY })),
  longId: [{ headers: headersOf({ id: "i".repeat(257) }), ...ONLY_THEY }],
  manyTokens: [
    { headers: headersOf({ signature: (mac) => `${`${FORGED} `.repeat(16)}v1,${mac}` }), ...ONLY_THEY },
    { headers: headersOf({ signature: (mac) => `v1,${mac}${" ".repeat(16)}` }), ...ONLY_THEY },
  ],
  longSignature: [
    { headers: headersOf({ signature: (mac) => `v1,${mac} ${"x".repeat(2_048)}` }), ...ONLY_THEY },
  ],
  junkAfterToken: [
    { headers: headersOf({ signature: (mac) => `v1,${mac},junk` }), ...ONLY_THEY },
    { headers: headersOf({ signature: (mac) => `v1,${mac},v1,${mac}` }), ...ONLY_THEY },
  ],
  joinedHeaders: [
    { headers: headersOf({ signature: (mac) => `v1,${mac}, v1,${mac}` }), ...ONLY_THEY },
    { headers: headersOf({ signature: (mac) => `${FORGED}, v1,${mac}` }), ...ONLY_THEY },
    { headers: headersOf({ signature: (mac) => `v1, v1,${mac}` }), ...ONLY_THEY },
  ],
  invalidUtf8: [{ ...over(INVALID, Buffer.from('{"a":"\ufffd"}')), ...ONLY_THEY }],
  signedInvalidUtf8: [{ ...over(INVALID), ours: "accepts", reference: "WebhookVerificationError" }],
  notJson: [
    { ...over(Buffer.from("fax delivered")), ours: "accepts", reference: "SyntaxError" },
    { ...over(Buffer.from(" ")), ours: "accepts", reference: "SyntaxError" },
  ],
  byteOrderMark: [{ ...over(Buffer.from(`\ufeff${BODY}`)), ours: "accepts", reference: "SyntaxError" }],
  otherBytes: [{ headers: headersOf({}), body: new Uint8Array(BODY), ours: "accepts", reference: "Error" }],
  headerArrays: [
    {
      headers: Object.fromEntries(Object.entries(headersOf({})).map(([name, value]) => [name, [value]])),
      ours: "accepts",
      reference: "TypeError",
    },
  ],
  headerCase: [
    {
      headers: Object.fromEntries(
        Object.entries(headersOf({})).map(([name, value]) => [name.toUpperCase(), value]),
      ),
      ...ONLY_THEY,
    },
  ],
  weakSecrets: [
    "whsec_AA==",
    "whsec_MTIzNDU2Nzg5MDEyMzQ1",
    "plainsecret1",
    SECRET.slice("whsec_".length),
  ].map((secret) => ({ ...underSecret(secret), ours: "ConfigurationError", reference: "accepts" })),
};

const LISTED = Object.entries(DELIBERATE_DIFFERENCES) as [DifferenceName, Difference][];

describe.each(LISTED)("deliberate difference %s", (key, { name, why, laxer, concerns }) => {
  test.each(SHOWN[key])(`${name} (example %#): ${why}`, async (shown) => {
    const { headers = headersOf({}), body = BODY, secret = SECRET } = shown;
    expect({ ours: await verdictOfOurs(), reference: verdictOfReference() }).toEqual({
      ours: shown.ours,
      reference: shown.reference,
    });
    expect(shown[laxer]).toBe("accepts");
    if (concerns !== undefined) {
      const [id, timestamp, signature] = Object.values(headers) as [string, string, string];
      expect(concerns({ id, timestamp, signature, body: Buffer.from(body) })).toBe(true);
    }

    async function verdictOfOurs(): Promise<Verdict> {
      try {
        const verdict = await createVerifier({ secret }).verify(headers as never, body);
        return verdict.ok ? "accepts" : "refuses";
      } catch (error) {
        return (error as Error).name;
      }
    }

    function verdictOfReference(): Verdict {
      try {
        new Webhook(secret).verify(body as Buffer, headers as never);
        return "accepts";
      } catch (error) {
        return (error as Error).name;
      }
    }
  });
});
