import { hexToBytes } from "@noble/hashes/utils.js";
import { base64Of, bytesOfBase64 } from "../encoding.ts";
import { type Finding, type FindingCode, proven } from "../finding.ts";

/** One signature of the header. */
export interface Token {
  /** Standard base64 of the digest, or the beginning of it where it was cut. */
  readonly base64: string;
  readonly isWhole: boolean;
}

/** The signatures of the header, and its faults. */
export interface SignatureReading {
  readonly tokens: readonly Token[];
  readonly findings: readonly Finding[];
}

const WHOLE = /^v1,[A-Za-z0-9+/]{43}=$/;
/** As in core. */
const MOST_TOKENS = 16;
const MOST_TRIED = 4 * MOST_TOKENS;
const MOST_CHARACTERS = 2048;

const FORM = "Expected `v1,` and 44 characters of base64; several are separated by a space.";

/** @param values several where the header arrived more than once */
export function readSignature(values: readonly string[]): SignatureReading {
  const texts = values.flatMap((value) => value.split(" ")).filter((text) => text !== "");
  const whole = texts.filter((text) => WHOLE.test(text)).map((text) => token(text.slice(3)));
  const length = values.join(" ").length;
  if (whole.length > 0) {
    const tokens = whole.slice(0, MOST_TRIED);
    return texts.length <= MOST_TOKENS && length <= MOST_CHARACTERS
      ? { tokens, findings: [] }
      : { tokens, findings: [tooLong(texts.length, length)] };
  }
  const repaired = repair(values.join(" "));
  if (repaired !== undefined) return repaired;
  return { tokens: [], findings: [malformed(length, texts)] };
}

type Repair = readonly [
  pattern: RegExp,
  code: FindingCode,
  read: (found: string) => Token,
  words: { readonly what: string; readonly why: string; readonly fix: string },
];

const KEEP = "Find what changes the header on the way, and pass it on unchanged.";

const REPAIRS: readonly Repair[] = [
  [
    /^(?:v1[,=: ]|sha256=)?(?<found>[0-9a-f]{64})$/i,
    "signature_hex",
    (found) => token(base64Of(hexToBytes(found))),
    {
      what: "The signature is written in hexadecimal.",
      why: `64 hexadecimal digits arrived. ${FORM}`,
      fix: 'mintfax sends base64: if your own script is the sender, make it write digest("base64").',
    },
  ],
  [
    /^v1,(?<found>(?=[A-Za-z0-9_-]*[_-])[A-Za-z0-9_-]{43}=?)$/,
    "signature_base64url",
    (found) => token(base64Of(bytesOfBase64(found))),
    {
      what: "The signature uses the URL-safe alphabet of base64.",
      why: `It holds - or _ where base64 has + and /. ${FORM}`,
      fix: 'If your own script is the sender, make it write digest("base64"), not "base64url".',
    },
  ],
  [
    /^v1,(?<found>(?=[^ ]* )[A-Za-z0-9+/ ]{43}=)$/,
    "header_url_encoded",
    (found) => token(found.replaceAll(" ", "+")),
    {
      what: "The value of webhook-signature was decoded like a form: each + became a space.",
      why: `The rest is complete. ${FORM}`,
      fix: "Find the relay that decodes headers like parts of a URL.",
    },
  ],
  [
    /^(?:v1[=: ]|V1,)?(?<found>[A-Za-z0-9+/]{43}=)$/,
    "signature_prefix_missing",
    (found) => token(found),
    {
      what: "The signature lacks its version, `v1,`.",
      why: FORM,
      fix: `${KEEP} If your own script is the sender, make it write \`v1,\` in front.`,
    },
  ],
  [
    // Fewer than eight characters could match by chance.
    /^v1,(?<found>[A-Za-z0-9+/]{8,43})(?:\.{3}|…)?$/,
    "signature_cut",
    (found) => ({ base64: found, isWhole: false }),
    {
      what: "The signature was cut off.",
      why: `Only a part of its 44 characters arrived. ${FORM}`,
      fix: "Look for a limit on the length of headers or log fields, and for code that strips the = at the end.",
    },
  ],
];

function repair(text: string): SignatureReading | undefined {
  for (const [pattern, code, read, words] of REPAIRS) {
    const found = pattern.exec(text)?.groups?.found;
    if (found !== undefined) return { tokens: [read(found)], findings: [proven(code, words)] };
  }
  return undefined;
}

/** Whether the computed signature is the one of the header, or begins with it where it was cut. */
export function tokenMatches({ base64, isWhole }: Token, computed: string): boolean {
  return isWhole ? base64 === computed : computed.startsWith(base64);
}

function token(base64: string): Token {
  return { base64, isWhole: true };
}

function tooLong(tokens: number, length: number): Finding {
  return proven("signature_malformed", {
    what: `webhook-signature holds ${tokens} tokens in ${length} characters.`,
    why: `At most ${MOST_TOKENS} tokens and ${MOST_CHARACTERS} characters are read; mintfax sends one, or two while a secret is rotated.`,
    fix: KEEP,
  });
}

function malformed(length: number, texts: readonly string[]): Finding {
  const asymmetric = texts.length > 0 && texts.every((text) => text.startsWith("v1a,"));
  return proven("signature_malformed", {
    what: asymmetric
      ? "webhook-signature holds public-key signatures (v1a) only."
      : "webhook-signature holds no readable signature.",
    why: `${length} characters arrived. ${FORM}`,
    fix: asymmetric ? "mintfax signs with v1. Check whether this is another sender's request." : KEEP,
  });
}
