import { createVerifier, type HeaderValue } from "@mintfax-webhooks/core";
import { type CapturedRequest, diagnose } from "@mintfax-webhooks/diagnose";
import { assert, constantFrom, integer, property, string, tuple, uint8Array } from "fast-check";
import { runs } from "test-support/property-runs";
import { expect, test } from "vitest";
import { readCapture } from "../src/read/read-capture.ts";
import { EVENT, SECRET, signed } from "./captures/send.ts";

const PARTS = ["webhook-id", "webhook-timestamp", "webhook-signature"] as const;

/** A genuine request with one change: in a header, or in bytes of the body. */
const damaged = tuple(
  constantFrom<"none" | "body" | (typeof PARTS)[number]>("none", "body", ...PARTS),
  integer({ min: 0, max: 60 }),
  integer({ min: 0, max: 4 }),
  string({ unit: "binary-ascii", maxLength: 6 }).filter((text) => !/[\r\n]/.test(text)),
  uint8Array({ maxLength: 4 }),
).map(([where, place, length, text, bytes]): CapturedRequest => {
  const { headers, body } = signed();
  return {
    headers: Object.entries(headers).map(([name, value]) => [
      name,
      name === where ? value.slice(0, place) + text + value.slice(place + length) : value,
    ]),
    body:
      where === "body"
        ? Buffer.concat([body.subarray(0, place), bytes, body.subarray(place + length)])
        : body,
  };
});

test("core and diagnose agree on which damaged requests verify", async () => {
  const verifier = createVerifier({ secret: SECRET });
  await assert(
    property(damaged, (request) => {
      const headers = Object.fromEntries(PARTS.map((part) => [part, headerOf(request, part)]));
      const verdict = verifier.verify(headers as Record<(typeof PARTS)[number], HeaderValue>, request.body);
      const { verdict: ours } = diagnose(request, SECRET, { at: new Date() });
      expect(ours === "verified").toBe("ok" in verdict && verdict.ok);
    }),
    runs(300),
  );
});

// `trim()` cuts all of these off, and HTTP blanks and tabs alone: Node hands the others on, or answers 400 by itself.
test.each(["\u000b", "\u000c", "\u00a0", "\ufeff", "\u2003"])(
  "%j around a header is a part of its value",
  (character) => {
    const verifier = createVerifier({ secret: SECRET });
    for (const part of PARTS) {
      const { headers, body } = signed();
      const around = { ...headers, [part]: `${character}${headers[part]}${character}` };
      expect(verifier.verify(around as Record<(typeof PARTS)[number], string>, body)).toMatchObject({
        ok: false,
      });
      const captures = [{ headers: Object.entries(around), body }, readRequest(around, body)];
      for (const capture of captures) expect(diagnose(capture, SECRET).verdict).not.toBe("verified");
    }
  },
);

test("every request is diagnosed, and the diagnosis holds nothing of its signature, secret or id", async () => {
  const headerName = constantFrom(
    ...PARTS,
    "svix-id",
    "webhook_signature",
    "content-length",
    "x-mintfax-signature",
  );
  await assert(
    property(
      tuple(headerName, string(), string(), uint8Array({ maxLength: 200 })),
      ([name, value, secret, body]) => {
        const { headers } = signed();
        const request = { headers: [...Object.entries(headers), [name, value] as const], body };
        const diagnosis = diagnose(request, [secret, SECRET]);
        const output = JSON.stringify(diagnosis);
        expect(output).not.toContain(headers["webhook-signature"]?.slice(3));
        expect(output).not.toContain(SECRET.slice(6));
        expect(output).not.toContain(EVENT.id);
      },
    ),
    runs(100),
  );
});

/** The request as it is read from a file. */
function readRequest(headers: Readonly<Record<string, string>>, body: Uint8Array): CapturedRequest {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return readCapture(Buffer.concat([Buffer.from(["POST / HTTP/1.1", ...lines, "", ""].join("\n")), body]));
}

/** The header as HTTP parsers return it: without spaces around it. */
function headerOf({ headers }: CapturedRequest, part: string): string | undefined {
  return headers.find(([name]) => name === part)?.[1].replace(/^[\t ]+|[\t ]+$/g, "");
}
