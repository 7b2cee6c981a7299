import { forge, tamper } from "@mintfax-webhooks/testing";
import type { Capture } from "./captured.ts";
import { direct } from "./relays.ts";
import { COMPACT, OTHER_SECRET, SECRET, signed } from "./send.ts";

const OLD = new Date(Date.now() - 90_000_000);
const FUTURE = new Date(Date.now() + 600_000);

function pasted(name: string, findings: readonly string[], secret: string): Capture {
  return { name, verdict: "explained", findings, secret, capture: () => direct(signed()) };
}

/** A genuine delivery, and a secret that was not copied right. */
export const SECRET_CAPTURES: readonly Capture[] = [
  pasted("quotes around the secret", ["secret_quoted"], `"${SECRET}"`),
  pasted("a line break in the secret", ["secret_whitespace"], `${SECRET.slice(0, 20)}\n${SECRET.slice(20)}`),
  pasted("v1, in front of the secret", ["secret_pasted_with_v1"], `v1,${SECRET}`),
  pasted(
    "the variable's name before the secret",
    ["secret_pasted_with_name"],
    `MINTFAX_WEBHOOK_SECRET=${SECRET}`,
  ),
  pasted(
    "a line of a shell script for the secret",
    ["secret_whitespace", "secret_pasted_with_name", "secret_quoted"],
    `export MINTFAX_WEBHOOK_SECRET='${SECRET}'\n`,
  ),
  pasted("the secret without whsec_", ["secret_prefix_missing"], SECRET.slice(6)),
  pasted("a secret of the old style", ["secret_test_style"], "whsec_test_3JzE9rYNm2VbQ8P6KxLf1WdGa4Tc"),
  pasted("an API key for the secret", ["secret_is_api_key"], "mfx_live_3JzE9rYNm2VbQ8P6KxLf1WdGa4Tc"),
  pasted("a secret that was cut", ["secret_malformed"], SECRET.slice(0, 15)),
  {
    name: "a secret without the equals sign at its end",
    verdict: "explained",
    findings: ["secret_padding_missing"],
    secret: `whsec_${Buffer.from("mintfax-test-secret-of-26b").toString("base64").replace(/=+$/, "")}`,
    capture: () =>
      direct(
        signed(COMPACT, { secret: `whsec_${Buffer.from("mintfax-test-secret-of-26b").toString("base64")}` }),
      ),
  },
  {
    name: "a line break after the secret",
    verdict: "verified",
    findings: [],
    notes: ["secret_whitespace"],
    secret: `${SECRET}\n`,
    capture: () => direct(signed()),
  },
  {
    name: "two secrets, of which the second matches",
    verdict: "verified",
    findings: [],
    notes: ["secret_matched"],
    secret: `${OTHER_SECRET} ${SECRET}`,
    capture: () => direct(signed()),
  },
  {
    name: "another endpoint's secret",
    verdict: "suspected",
    findings: ["secret_wrong"],
    secret: OTHER_SECRET,
    capture: () => direct(signed()),
  },
  {
    name: "forged",
    verdict: "suspected",
    findings: ["secret_wrong"],
    capture: () => direct(forge(signed())),
  },
  {
    name: "a digit of the body changed",
    verdict: "suspected",
    findings: ["secret_wrong"],
    capture: () => direct(tamper(signed())),
  },
];

/** Right requests, and times. */
export const TIME_CAPTURES: readonly Capture[] = [
  { name: "a genuine one", verdict: "verified", findings: [], at: "now", capture: () => direct(signed()) },
  {
    name: "a genuine one in chunks",
    verdict: "verified",
    findings: [],
    capture: () => {
      const { headers, body } = signed();
      return direct({ headers, body: [body.subarray(0, 100), body.subarray(100)] });
    },
  },
  {
    name: "a genuine one during a rotation",
    verdict: "verified",
    findings: [],
    capture: () => direct(signed(COMPACT, { secret: [OTHER_SECRET, SECRET] })),
  },
  {
    name: "a genuine one of yesterday",
    verdict: "verified",
    findings: [],
    notes: ["timestamp_too_old"],
    capture: () => direct(signed(COMPACT, { at: OLD })),
  },
  {
    name: "old when it arrived",
    verdict: "explained",
    findings: ["timestamp_too_old"],
    at: "now",
    capture: () => direct(signed(COMPACT, { at: OLD })),
  },
  {
    name: "from the future",
    verdict: "explained",
    findings: ["timestamp_too_new"],
    capture: () => direct(signed(COMPACT, { at: FUTURE })),
  },
  {
    name: "forged, and of yesterday",
    verdict: "suspected",
    findings: ["secret_wrong"],
    notes: ["timestamp_too_old"],
    capture: () => direct(forge(signed(COMPACT, { at: OLD }))),
  },
  {
    name: "random bytes",
    verdict: "unexplained",
    findings: [],
    capture: () =>
      direct({
        headers: signed().headers,
        body: crypto.getRandomValues(new Uint8Array(500)).fill(0x2d, 0, 3),
      }),
  },
  {
    name: "signed correctly, but not an envelope",
    verdict: "explained",
    findings: ["body_not_the_envelope"],
    capture: () => direct(signed('{"hello":"world"}')),
  },
  {
    name: "signed correctly under an id that is not the body's",
    verdict: "verified",
    findings: [],
    notes: ["id_differs_from_body"],
    capture: () => direct(signed(COMPACT, { id: "evt_9xHk3RvB7pQs2TnW6mZc4L" })),
  },
];
