import { timingSafeEqual } from "node:crypto";
import { createVerifier } from "@mintfax-webhooks/core";
import { macOf, SECRET } from "conformance/hostile";
import { afterEach, describe, expect, test, vi } from "vitest";
import { equal as equalWithoutNode } from "../src/signature/hmac.web.ts";

// A busy machine can show neither that times are equal nor that they are not. What can be shown is what the comparison
// is made of.
vi.mock("node:crypto", async (original) => {
  const crypto = await original<typeof import("node:crypto")>();
  return { ...crypto, timingSafeEqual: vi.fn(crypto.timingSafeEqual) };
});
const compare = vi.mocked(timingSafeEqual);

afterEach(() => {
  compare.mockReset();
});

const OTHER = `whsec_${"B".repeat(32)}`;
const BODY = Buffer.from('{"id":"evt_1"}');
const TIMESTAMP = String(Math.floor(Date.now() / 1_000));
const MAC = macOf("evt_1", TIMESTAMP, BODY);
const FORGED = `${"A".repeat(43)}=`;

function verify(signature: string, secret: string | string[] = SECRET) {
  const headers = { "webhook-id": "evt_1", "webhook-timestamp": TIMESTAMP, "webhook-signature": signature };
  return createVerifier({ secret }).verify(headers, BODY);
}

describe("on Node", () => {
  // Threat: T08
  test("timingSafeEqual alone says whether a signature is right", async () => {
    compare.mockReturnValue(false);
    expect(await verify(`v1,${MAC}`)).toMatchObject({ ok: false, code: "signature_mismatch" });
    compare.mockReturnValue(true);
    expect(await verify(`v1,${FORGED}`)).toMatchObject({ ok: true });
  });

  // Threat: T08
  test("every token is compared with the signature of every secret, whole and at one length", async () => {
    const seen: string[][] = [];
    compare.mockImplementation((a, b) => {
      seen.push([a, b].map((bytes) => Buffer.from(bytes as Uint8Array).toString("latin1")));
      return false;
    });
    await verify(`v1,${FORGED} v1,${MAC}`, [SECRET, OTHER]);
    const other = macOf("evt_1", TIMESTAMP, BODY, OTHER);
    expect(seen).toEqual([
      [MAC, FORGED],
      [MAC, MAC],
      [other, FORGED],
      [other, MAC],
    ]);
  });

  test.each([
    ["half of the right one", `v1,${MAC.slice(0, 22)}`],
    ["the right one and more", `v1,${MAC}A`],
    ["nothing", "v1,"],
    // Threat: T08
  ])("what has another length is compared with nothing: %s", async (_, signature) => {
    expect(await verify(signature)).toMatchObject({ ok: false });
    expect(compare).not.toHaveBeenCalled();
  });
});

describe("without node:crypto", () => {
  /** Text that counts how many of its characters were looked at. */
  class Watched {
    looks = 0;
    readonly #text: string;

    constructor(text: string) {
      this.#text = text;
    }

    get length(): number {
      return this.#text.length;
    }

    charCodeAt(index: number): number {
      this.looks += 1;
      return this.#text.charCodeAt(index);
    }
  }

  test.each([
    ["that is right", MAC, true],
    ["whose first character is wrong", `!${MAC.slice(1)}`, false],
    ["whose last character is wrong", `${MAC.slice(0, -1)}!`, false],
    ["of which all is wrong", "!".repeat(44), false],
    // Threat: T08
  ])("a signature %s is looked at to its end", (_, received, right) => {
    const [ours, theirs] = [new Watched(MAC), new Watched(received)];
    expect(equalWithoutNode(ours as never, theirs as never)).toBe(right);
    expect([ours.looks, theirs.looks]).toEqual([44, 44]);
  });
});
