import { envelope, freshId } from "./draft.ts";
import { processed, type Row, refused } from "./row.ts";
import { CANARY, NOW_SECONDS } from "./setting.ts";
import { macOf } from "./signing.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const NOW = String(NOW_SECONDS);
const BODY = Buffer.from(envelope());
const FORGED = `v1,${"A".repeat(43)}=`;

/** The same bits for a lenient decoder: only the unused ones of the last character differ. */
function nonCanonical(mac: string): string {
  const last = ALPHABET.indexOf(mac.charAt(42));
  return `${mac.slice(0, 42)}${ALPHABET[last + 1]}=`;
}

/** An id whose signature holds both characters that the URL-safe alphabet spells in another way. */
function idWithBoth(): string {
  for (;;) {
    const id = freshId();
    if (/(?=.*\+)(?=.*\/)/.test(macOf(id, NOW, BODY))) return id;
  }
}

function repeat(token: string, times: number): string {
  return Array<string>(times).fill(token).join(" ");
}

const malformed: Readonly<Record<string, (mac: string) => string>> = {
  "without a version": (mac) => mac,
  "of `v1` alone": () => "v1",
  // Threat: T01, T08
  "of `v1,` alone": () => "v1,",
  "of a comma": () => ",",
  "of a comma and the right mac": (mac) => `,${mac}`,
  "with the mac cut by one character": (mac) => `v1,${mac.slice(0, -1)}`,
  "with the mac cut to 43 and padded anew": (mac) => `v1,${mac.slice(0, 42)}==`,
  // Threat: T01, T08
  "with half of the mac": (mac) => `v1,${mac.slice(0, 22)}`,
  "with an A behind the mac": (mac) => `v1,${mac}A`,
  "with an = behind the mac": (mac) => `v1,${mac}=`,
  "with the mac twice": (mac) => `v1,${mac}${mac}`,
  "with a character outside base64": (mac) => `v1,!${mac.slice(1)}`,
  "with a byte above ASCII": (mac) => `v1,\xe9${mac.slice(1)}`,
  "in the URL-safe alphabet": (mac) => `v1,${mac.replaceAll("+", "-").replaceAll("/", "_")}`,
  "with the version v0": (mac) => `v0,${mac}`,
  "with the version v2": (mac) => `v2,${mac}`,
  // Threat: T09
  "with the version v1a": (mac) => `v1a,${mac}`,
  "with the version V1": (mac) => `V1,${mac}`,
  "with the version v01": (mac) => `v01,${mac}`,
  "with the version 1": (mac) => `1,${mac}`,
  "with = for the comma": (mac) => `v1=${mac}`,
  "with : for the comma": (mac) => `v1:${mac}`,
  "with a tab behind the comma": (mac) => `v1,\t${mac}`,
  "with a space for the comma": (mac) => `v1 ${mac}`,
  "in GitHub's form": (mac) => `sha256=${Buffer.from(mac, "base64").toString("hex")}`,
  "in hexadecimal": (mac) => `v1,${Buffer.from(mac, "base64").toString("hex")}`,
  "in hexadecimal, cut to 44": (mac) => `v1,${Buffer.from(mac, "base64").toString("hex").slice(0, 44)}`,
  "in quotes": (mac) => `"v1,${mac}"`,
  "with junk behind a second comma": (mac) => `v1,${mac},junk`,
  "with a comma at the end": (mac) => `v1,${mac},`,
  "of two good tokens joined by a comma": (mac) => `v1,${mac},v1,${mac}`,
  "of two good tokens joined by a tab": (mac) => `v1,${mac}\tv1,${mac}`,
  // Threat: T06
  "of 17 tokens, the last one good": (mac) => `${repeat(FORGED, 16)} v1,${mac}`,
  "of 17 tokens, the first one good": (mac) => `v1,${mac} ${repeat(FORGED, 16)}`,
  "of 1,000 short tokens": (mac) => `v1,${mac} ${repeat("v1,AAAA", 999)}`,
  "of 2,049 characters, a good token first": (mac) => `v1,${mac} `.padEnd(2_049, "x"),
  "of 10,000 spaces between two letters": () => `v${" ".repeat(10_000)}1`,
};

const mismatched: Readonly<Record<string, (mac: string) => string>> = {
  // Threat: T08
  "of zeros": () => FORGED,
  "with a last character no encoder would write": (mac) => `v1,${nonCanonical(mac)}`,
  "with its letters' case swapped": (mac) =>
    `v1,${mac.replace(/[a-z]/gi, (c) => (c < "a" ? c.toLowerCase() : c.toUpperCase()))}`,
  backwards: (mac) => `v1,${[...mac.slice(0, 43)].reverse().join("")}=`,
  "of another secret": () => `v1,${macOf("evt_1", NOW, BODY, `whsec_${"B".repeat(32)}`)}`,
  "of another id": () => `v1,${macOf("evt_2", NOW, BODY)}`,
  "of another timestamp": () => `v1,${macOf("evt_1", String(NOW_SECONDS - 1), BODY)}`,
  "of another body": () => `v1,${macOf("evt_1", NOW, Buffer.from(`${BODY} `))}`,
  "of an empty body": () => `v1,${macOf("evt_1", NOW, Buffer.alloc(0))}`,
  "of 16 forged tokens": () => repeat(FORGED, 16),
  // Threat: T09
  "right under v1a, forged under v1": (mac) => `v1a,${mac} ${FORGED}`,
};

const accepted: Readonly<Record<string, (mac: string) => string>> = {
  "behind 15 forged tokens": (mac) => `${repeat(FORGED, 15)} v1,${mac}`,
  "before 15 forged tokens": (mac) => `v1,${mac} ${repeat(FORGED, 15)}`,
  // Threat: T09
  "beside a version yet to come": (mac) => `v2,c29tZXRoaW5nIG5ldw== v1a,${FORGED.slice(3)} v1,${mac}`,
  "beside damaged tokens": (mac) => `v1 ,x v1,x v1,${mac} ,v1 v1,`,
  twice: (mac) => `v1,${mac} v1,${mac}`,
  "with double spaces around": (mac) => `${FORGED}  v1,${mac}  v2,x`,
  "in a header of 2,048 characters": (mac) => `v1,${mac} `.padEnd(2_048, "x"),
};

/** Forged, damaged and odd signatures, and bodies changed on the way. */
export const SIGNATURE_ROWS: readonly Row[] = [
  ...Object.entries(malformed).map(([name, signature]) =>
    refused("signature_malformed", `signature ${name}`, { id: idWithBoth(), body: BODY, signature }),
  ),
  ...Object.entries(mismatched).map(([name, signature]) =>
    refused("signature_mismatch", `signature ${name}`, { id: "evt_1", body: BODY, signature }),
  ),
  ...Object.entries(accepted).map(([name, signature]) =>
    processed(`good signature ${name}`, { body: BODY, signature }),
  ),
  // Threat: T04
  refused("signature_mismatch", "body changed by one byte on the way", {
    framing: (body) => ({
      headers: [`Content-Length: ${body.length}`],
      bytes: Buffer.from(body.toString().replace(CANARY, CANARY.replace("4", "5"))),
    }),
  }),
  // Threat: T07
  refused("signature_mismatch", "hostile JSON under a forged signature", {
    body: "[".repeat(100_000),
    signature: () => FORGED,
  }),
  refused("signature_mismatch", "body with a newline added on the way", {
    framing: (body) => ({ headers: [`Content-Length: ${body.length + 1}`], bytes: Buffer.from(`${body}\n`) }),
  }),
  // Threat: T04
  refused("signature_mismatch", "byte 0xFE under the signature of U+FFFD, which decoders make of it", {
    body: envelope({ extra: "\ufffd" }),
    framing: (body) => {
      const bytes = Buffer.from(body.toString("latin1").replace("\xef\xbf\xbd", "\xfe"), "latin1");
      return { headers: [`Content-Length: ${bytes.length}`], bytes };
    },
  }),
];
