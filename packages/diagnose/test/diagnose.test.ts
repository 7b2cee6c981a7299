import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createVerifier } from "@mintfax-webhooks/core";
import { type CapturedRequest, diagnose } from "@mintfax-webhooks/diagnose";
import { afterEach, describe, expect, test } from "vitest";
import { BYTE_CAPTURES, WRAPPED_CAPTURES } from "./captures/bytes.ts";
import type { Capture } from "./captures/captured.ts";
import { HEADER_CAPTURES } from "./captures/headers.ts";
import { JSON_CAPTURES } from "./captures/json.ts";
import { SECRET_CAPTURES, TIME_CAPTURES } from "./captures/secrets.ts";
import { EVENT, SECRET } from "./captures/send.ts";
import { SENDER_CAPTURES } from "./captures/senders.ts";
import { closeAll } from "./captures/wire.ts";
import { EXPECTED } from "./recorded/expected.ts";

const CAPTURES: readonly Capture[] = [
  ...TIME_CAPTURES,
  ...JSON_CAPTURES,
  ...BYTE_CAPTURES,
  ...WRAPPED_CAPTURES,
  ...HEADER_CAPTURES,
  ...SENDER_CAPTURES,
  ...SECRET_CAPTURES,
];

afterEach(closeAll);

describe("each capture yields exactly its findings", () => {
  test.each(CAPTURES)("$name", async ({ capture, verdict, findings, notes = [], secret = SECRET, at }) => {
    const request = await capture();
    const diagnosis = diagnose(request, secret, at === "now" ? { at: new Date() } : {});
    expect({
      ...diagnosis,
      findings: codes(diagnosis.findings),
      notes: codes(diagnosis.notes),
    }).toMatchObject({
      verdict,
      findings: [...findings].sort(),
      notes: [...notes].sort(),
    });
    keepsSecrets(JSON.stringify(diagnosis), request, secret);
    // Core's own verdict, where the request has the form that core takes.
    const isWhole =
      (request.method ?? "POST") === "POST" && !findings.some((code) => BEYOND_SIGNATURES.has(code));
    if (isWhole && secret === SECRET)
      expect(accepts(request)).toBe(verdict === "verified" && !notes.includes("timestamp_too_old"));
  });
});

/** Reasons for a refusal apart from headers and signature. */
const BEYOND_SIGNATURES = new Set(["body_not_the_envelope", "body_encoding_declared", "body_too_large"]);

function codes(findings: readonly { readonly code: string }[]): string[] {
  return findings.map(({ code }) => code).sort();
}

function accepts({ headers, body }: CapturedRequest): boolean {
  const value = (name: string) =>
    headers.filter(([each]) => each.toLowerCase() === name).map((pair) => pair[1]);
  const verdict = createVerifier({ secret: SECRET }).verify(
    {
      "webhook-id": value("webhook-id"),
      "webhook-timestamp": value("webhook-timestamp"),
      "webhook-signature": value("webhook-signature"),
    },
    body,
  );
  if ("then" in verdict) throw new TypeError("Node signs synchronously");
  return verdict.ok;
}

function keepsSecrets(output: string, { headers }: CapturedRequest, secret: string): void {
  for (const part of secret
    .split(/[\s'"=]+|whsec_/)
    .filter((each) => each.length > 12 && !each.startsWith("MINTFAX"))) {
    expect(output).not.toContain(part);
  }
  expect(output).not.toContain(EVENT.data.object.to);
  expect(output).not.toContain(EVENT.data.object.tags.ward);
  for (const [name, value] of headers)
    if (/signature/i.test(name)) expect(output).not.toContain(value.slice(-24));
}

test("every code has a capture", () => {
  const source = readFileSync(join(import.meta.dirname, "../src/finding.ts"), "utf8");
  const union = /export type FindingCode =(?<members>[^;]+);/.exec(source)?.groups?.members ?? "";
  const all = [...union.matchAll(/\| "(\w+)"/g)].map(([, code = ""]) => code);
  const tried = new Set(
    [...CAPTURES, ...Object.values(EXPECTED)].flatMap(({ findings = [], notes = [] }) => [
      ...findings,
      ...notes,
    ]),
  );
  expect(all.filter((code) => !tried.has(code))).toEqual([]);
});
