import { createHash } from "node:crypto";
import { ConfigurationError, createVerifier } from "@mintfax-webhooks/core";
import { macOf } from "conformance/hostile";
import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { runs } from "test-support/property-runs";
import { afterEach, describe, expect, test, vi } from "vitest";
import { thrownBy } from "../support/thrown-by.ts";
import { Tally } from "./tally.ts";

const BODY = Buffer.from("{}");

afterEach(() => {
  vi.unstubAllEnvs();
});

const key = fc.uint8Array({ minLength: 16, maxLength: 96, size: "max" });
const encoded = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
const secret = key.map((bytes) => `whsec_${encoded(bytes)}`);

function deliveryFor(secret: string) {
  const timestamp = String(Math.floor(Date.now() / 1_000));
  return {
    "webhook-id": "evt_1",
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${macOf("evt_1", timestamp, BODY, secret)}`,
  };
}

function accepts(secrets: string | readonly string[] | undefined, signer: string): boolean {
  const verifier = createVerifier(secrets === undefined ? {} : { secret: secrets });
  const verdict = verifier.verify(deliveryFor(signer), BODY);
  if (!("ok" in verdict)) throw new Error("expected a verdict, not a promise of one");
  return verdict.ok;
}

/** What the documentation calls a secret, without a regular expression: what its own encoder would have written. */
function isSecret(text: string): boolean {
  if (!text.startsWith("whsec_")) return false;
  const material = text.slice("whsec_".length);
  const bytes = Buffer.from(material, "base64");
  return bytes.length >= 16 && bytes.toString("base64") === material;
}

/**
 * The 64 bytes that HMAC-SHA256 makes of a key before it does anything with it (RFC 2104, section 2): filled up with
 * zeros, or hashed first where it is longer. Secrets with equal blocks, such as one of 16 zero bytes and one of 19, sign
 * alike: no receiver could tell them apart. Keys that mintfax draws at random do not come to that.
 */
function hmacBlock(secret: string): string {
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const block = Buffer.alloc(64);
  block.set(key.length > block.length ? createHash("sha256").update(key).digest() : key);
  return block.toString("hex");
}

const DIFFERENT = { selector: hmacBlock } as const;

/** How a secret is damaged when it is copied, or typed from memory. */
const damage = fc.oneof(
  fc
    .tuple(fc.nat(), fc.nat({ max: 3 }), fc.string({ unit: "binary-ascii", maxLength: 3 }))
    .map(([at, cut, put]) => (text: string) => {
      const from = at % (text.length + 1);
      return text.slice(0, from) + put + text.slice(from + cut);
    }),
  fc.constantFrom<(text: string) => string>(
    (text) => text.trim(),
    (text) => `"${text}"`,
    (text) => `${text}\n`,
    (text) => text.replaceAll("+", "-").replaceAll("/", "_"),
    (text) => text.replaceAll("=", ""),
    (text) => text.slice("whsec_".length),
    (text) => `v1,${text}`,
    (text) => `${text},${text}`,
    (text) => text.toLowerCase(),
    (text) => text.slice(0, -4),
    (text) => text.replaceAll("A", "А"),
    (text) => Buffer.from(text).toString("base64"),
  ),
);

describe("a secret", () => {
  test("of any 16 bytes or more is the key that the reference makes of it", () => {
    fc.assert(
      fc.property(secret, (text) => {
        expect(accepts(text, text)).toBe(true);
        const headers = deliveryFor(text);
        expect(new Webhook(text).verify(BODY, headers)).toEqual({});
      }),
      runs(300),
    );
  });

  test("that was damaged is refused when the receiver is set up, or is another secret; and nothing of it is told", () => {
    const seen = new Tally();
    fc.assert(
      fc.property(secret, damage, (text, change) => {
        const damaged = change(text);
        const secrets = damaged.split(/\s+/).filter((part) => part !== "");
        const expected = secrets.length > 0 && secrets.every(isSecret);
        seen.add(String(expected));
        if (expected && secrets.length === 1) {
          const [only = ""] = secrets;
          expect(accepts(damaged, only)).toBe(true);
          expect(accepts(damaged, text)).toBe(hmacBlock(only) === hmacBlock(text));
          return;
        }
        // Cut in two by a blank, and each of the halves a secret.
        if (expected) return;
        const error = thrownBy(() => createVerifier({ secret: damaged }));
        expect(error).toBeInstanceOf(ConfigurationError);
        const material = text.slice("whsec_".length);
        const { message } = error as ConfigurationError;
        const pieces = Array.from({ length: material.length - 7 }, (_, at) => material.slice(at, at + 8));
        expect(pieces.filter((piece) => message.includes(piece))).toEqual([]);
      }),
      runs(2_000),
    );
    expect(seen.seen).toEqual(["false", "true"]);
  });

  test("that is anything at all: accepted or refused as documented, never with another error", () => {
    const anything = fc.oneof(
      fc.string({ unit: "binary", maxLength: 60 }),
      fc.string({ unit: "binary", maxLength: 60 }).map((text) => `whsec_${text}`),
      fc.base64String({ maxLength: 60 }).map((text) => `whsec_${text}`),
      fc.anything(),
    );
    fc.assert(
      fc.property(anything, (given) => {
        // Functions and lists have a meaning of their own.
        fc.pre(typeof given !== "function" && !Array.isArray(given) && given !== undefined);
        const error = thrownBy(() => createVerifier({ secret: given as string }));
        const parts = typeof given === "string" ? given.split(/\s+/).filter((part) => part !== "") : [];
        if (parts.length > 0 && parts.every(isSecret)) expect(error).toBeUndefined();
        else expect(error).toBeInstanceOf(ConfigurationError);
      }),
      runs(600),
    );
  });
});

describe("several secrets", () => {
  const space = fc.string({ unit: fc.constantFrom(" ", "\n", "\t", "\r\n"), minLength: 1, maxLength: 3 });

  test("in the variable and in the option, with any whitespace around and between: each counts, and no other", () => {
    const inVariable = fc.tuple(
      fc.uniqueArray(secret, { ...DIFFERENT, minLength: 1, maxLength: 4 }),
      fc.array(space, { minLength: 5, maxLength: 5 }),
      secret,
    );
    fc.assert(
      fc.property(inVariable, ([secrets, spaces, stranger]) => {
        fc.pre(!secrets.map(hmacBlock).includes(hmacBlock(stranger)));
        const text = secrets.map((secret, at) => `${spaces[at]}${secret}`).join("") + spaces[4];
        vi.stubEnv("MINTFAX_WEBHOOK_SECRET", text);
        for (const given of [undefined, text, [text]]) {
          for (const each of secrets) expect(accepts(given, each)).toBe(true);
          expect(accepts(given, stranger)).toBe(false);
        }
      }),
      runs(300),
    );
  });

  test("in a list: the index of the one that matches is told", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(secret, { ...DIFFERENT, minLength: 1, maxLength: 5 }),
        fc.nat(),
        (secrets, number) => {
          const index = number % secrets.length;
          const verdict = createVerifier({ secret: secrets }).verify(deliveryFor(secrets[index] ?? ""), BODY);
          expect(verdict).toMatchObject({ ok: true, secretIndex: index });
        },
      ),
      runs(300),
    );
  });
});
