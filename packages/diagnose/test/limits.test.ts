import { gzipSync } from "node:zlib";
import { type CapturedRequest, type DiagnoseOptions, diagnose } from "@mintfax-webhooks/diagnose";
import { signDelivery } from "@mintfax-webhooks/testing";
import { describe, expect, test } from "vitest";
import { COMPACT, EVENT, SECRET, signed } from "./captures/send.ts";

function found(request: CapturedRequest, options: DiagnoseOptions = {}): string[] {
  return diagnose(request, SECRET, options).findings.map(({ code }) => code);
}

describe("a timestamp may be 300 s from the time of capture, as in a receiver", () => {
  const AT = new Date(1_747_173_600_000);
  test.each([
    [-301, ["timestamp_too_new"]],
    [-300, []],
    [300, []],
    [301, ["timestamp_too_old"]],
  ])("captured %i s after it", (seconds, codes) => {
    const { headers, body } = signed(COMPACT, { at: AT });
    const at = new Date(AT.getTime() + seconds * 1_000);
    expect(found({ headers: Object.entries(headers), body }, { at })).toEqual(codes);
  });
});

test.each([
  [7, "signature_malformed"],
  [8, "signature_cut"],
])("of a signature that was cut, %i characters are %s", (length, code) => {
  const { headers, body } = signed();
  const { "webhook-signature": whole = "" } = headers;
  const cut = { ...headers, "webhook-signature": whole.slice(0, "v1,".length + length) };
  expect(found({ headers: Object.entries(cut), body })[0]).toBe(code);
});

test.each([
  [200_000, true],
  [262_145, false],
])("a compressed body is unpacked up to 256 KiB: %i bytes", (bytes, isUnpacked) => {
  const unpacked = JSON.stringify({
    ...EVENT,
    padding: "x".repeat(bytes - COMPACT.length - ',"padding":""'.length),
  });
  expect(unpacked).toHaveLength(bytes);
  const { headers } = signDelivery(unpacked, { secret: SECRET });
  const codes = found({ headers: Object.entries(headers), body: gzipSync(unpacked) });
  expect(codes.includes("body_compressed")).toBe(isUnpacked);
});

test("a finding about one of several secrets says which", () => {
  const { headers, body } = signed();
  const { findings, notes, secretIndex } = diagnose({ headers: Object.entries(headers), body }, [
    SECRET,
    "whsec_short",
  ]);
  expect(findings.map(({ what }) => what)).toEqual([expect.stringMatching(/^Secret 2 of 2 /)]);
  expect(notes.map(({ what }) => what)).toEqual(["The request was signed with secret 1 of 2."]);
  expect(secretIndex).toBe(0);
});
