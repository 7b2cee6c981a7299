import { hexToBytes } from "@noble/hashes/utils.js";
import { base64Of, bytesOfBase64 } from "../encoding.ts";
import { type Finding, type FindingCode, proven } from "../finding.ts";

/** One signature that came. */
export interface Token {
  /** Standard base64 of the digest, or its beginning where it was cut. */
  readonly base64: string;
  readonly isWhole: boolean;
}

/** What a signature header holds. */
export interface SignatureReading {
  readonly tokens: readonly Token[];
  readonly findings: readonly Finding[];
}

const WHOLE = /^v1,[A-Za-z0-9+/]{43}=$/;
/** Fewer characters could match by chance. */
const LEAST_CUT = 8;
/** As core has it. */
const MOST_TOKENS = 16;
const MOST_TRIED = 4 * MOST_TOKENS;
const MOST_CHARACTERS = 2048;

const FORM = "Expected `v1,` and 44 characters of base64; several are separated by a space.";

/** @param values of the header, where it came more than once */
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

const KEEP = "Find what changes the header on the way, and let it pass as it is.";

const REPAIRS: readonly Repair[] = [
  [
    /^(?:v1[,=: ]|sha256=)?(?<found>[0-9a-f]{64})$/i,
    "signature_hex",
    (found) => token(base64Of(hexToBytes(found))),
    {
      what: "The signature is written in hexadecimal.",
      why: `64 hexadecimal digits came. ${FORM}`,
      fix: 'mintfax sends base64: if the sender is a script of yours, let it write digest("base64").',
    },
  ],
  [
    /^v1,(?<found>(?=[A-Za-z0-9_-]*[_-])[A-Za-z0-9_-]{43}=?)$/,
    "signature_base64url",
    (found) => token(base64Of(bytesOfBase64(found))),
    {
      what: "The signature uses the URL-safe alphabet of base64.",
      why: `It holds - or _ where base64 has + and /. ${FORM}`,
      fix: 'If the sender is a script of yours, let it write digest("base64"), not "base64url".',
    },
  ],
  [
    /^v1,(?<found>(?=[^ ]* )[A-Za-z0-9+/ ]{43}=)$/,
    "header_url_encoded",
    (found) => token(found.replaceAll(" ", "+")),
    {
      what: "The value of webhook-signature was decoded like a form: its + became blanks.",
      why: `The rest of it is whole. ${FORM}`,
      fix: "Find the relay that treats headers like parts of a URL.",
    },
  ],
  [
    /^(?:v1[=: ]|V1,)?(?<found>[A-Za-z0-9+/]{43}=)$/,
    "signature_prefix_missing",
    (found) => token(found),
    {
      what: "The signature lacks its version, `v1,`.",
      why: FORM,
      fix: `${KEEP} If the sender is a script of yours, let it write \`v1,\` in front.`,
    },
  ],
  [
    /^v1,(?<found>[A-Za-z0-9+/]{8,43})(?:\.{3}|…)?$/,
    "signature_cut",
    (found) => ({ base64: found, isWhole: false }),
    {
      what: "The signature was cut off.",
      why: `Only a part of its 44 characters came. ${FORM}`,
      fix: "Look for a limit on the length of headers or of log fields, and for what strips the = at the end.",
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

/** Whether what was computed is what came. A cut signature has to have at least {@link LEAST_CUT} characters. */
export function tokenMatches({ base64, isWhole }: Token, computed: string): boolean {
  return isWhole ? base64 === computed : base64.length >= LEAST_CUT && computed.startsWith(base64);
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
      : "webhook-signature holds no signature that could be read.",
    why: `${length} characters came. ${FORM}`,
    fix: asymmetric ? "mintfax signs with v1. Is this another sender's request?" : KEEP,
  });
}
