import { isUtf8 } from "node:buffer";

/** A delivery as generators make it. */
export interface Candidate {
  readonly id: string;
  readonly timestamp: string;
  readonly signature: string;
  readonly body: Buffer;
}

/**
 * What differs between our verdict and that of the reference library `standardwebhooks` 1.1.1, on purpose. Each entry
 * has a test of its own, in differential.test.ts, that shows both verdicts.
 */
export interface Difference {
  readonly name: string;
  readonly why: string;
  /** Which of the two accepts what the other refuses. */
  readonly laxer: "reference" | "ours";
  /**
   * Tells the deliveries on which verdicts may differ; all others must have equal ones. Undefined
   * where no delivery of strings and bytes comes into it: other types, or the set-up.
   */
  readonly concerns?: (candidate: Candidate) => boolean;
}

export type DifferenceName =
  | "oddTimestamp"
  | "dottedId"
  | "oddId"
  | "longId"
  | "manyTokens"
  | "longSignature"
  | "junkAfterToken"
  | "joinedHeaders"
  | "invalidUtf8"
  | "signedInvalidUtf8"
  | "notJson"
  | "byteOrderMark"
  | "otherBytes"
  | "headerArrays"
  | "headerCase"
  | "weakSecrets";

export const DELIBERATE_DIFFERENCES: Readonly<Record<DifferenceName, Difference>> = {
  oddTimestamp: {
    name: "a timestamp that is not plain decimal",
    why: "parseInt takes `123abc` for 123 and verifies a text that was never sent; one number has one spelling here",
    laxer: "reference",
    concerns: ({ timestamp }) => !/^(?:0|[1-9][0-9]*)$/.test(timestamp),
  },
  dottedId: {
    name: "an id with a dot",
    why: "id and timestamp are joined by a dot: with another in the id, the signature of (a, body T.x) serves (a.T, x)",
    laxer: "reference",
    concerns: ({ id }) => id.includes("."),
  },
  oddId: {
    name: "an id with anything but visible ASCII characters",
    why: "ids go into logs and store keys; mintfax's are letters, digits and _",
    laxer: "reference",
    concerns: ({ id }) => /[^\x21-\x7e]/.test(id),
  },
  longId: {
    name: "an id of more than 256 characters",
    why: "ids go into store keys, which have a length",
    laxer: "reference",
    concerns: ({ id }) => id.length > 256,
  },
  manyTokens: {
    name: "more than 16 signature tokens",
    why: "each one costs the reference an encoding and a comparison, and a stranger chooses their number",
    laxer: "reference",
    concerns: ({ signature }) => signature.split(" ").length > 16,
  },
  longSignature: {
    name: "more than 2,048 characters of signature",
    why: "as for the number of tokens; 2,048 hold 16 of them twice over",
    laxer: "reference",
    concerns: ({ signature }) => signature.length > 2_048,
  },
  junkAfterToken: {
    name: "a token with a second comma",
    why: "the reference compares what is between the first two commas and ignores the rest of the token",
    laxer: "reference",
    concerns: ({ signature }) => /(?:^| )v1,[^ ,]*,/.test(signature),
  },
  joinedHeaders: {
    name: "a header that was repeated, and joined by a comma and a space",
    why: "two values are two claims, and proxies differ in which one they show to whom; the reference takes either. A damaged `v1, ` looks the same",
    laxer: "reference",
    concerns: ({ signature }) => signature.includes(", "),
  },
  invalidUtf8: {
    name: "a body that is not UTF-8",
    why: "the reference signs decoded text, in which every invalid byte is the same U+FFFD; we sign the bytes",
    laxer: "reference",
    concerns: ({ body }) => !isUtf8(body),
  },
  signedInvalidUtf8: {
    name: "a body that is not UTF-8, signed as it is",
    why: "the other side of the same: the right signature over the bytes is not the one over the decoded text",
    laxer: "ours",
    concerns: ({ body }) => !isUtf8(body),
  },
  notJson: {
    name: "a body that is not JSON",
    why: "the reference verifies, then parses, and throws a SyntaxError; to us these are two questions",
    laxer: "ours",
  },
  byteOrderMark: {
    name: "a body with a byte order mark",
    why: "as for what is not JSON: JSON.parse does not take the mark, a UTF-8 decoder drops it",
    laxer: "ours",
  },
  otherBytes: {
    name: "bytes that are no Buffer",
    why: "the reference throws an Error on a Uint8Array, which is what every platform but Node hands over",
    laxer: "ours",
  },
  headerArrays: {
    name: "a header in a list of one",
    why: "some platforms hand over every header as a list; the reference throws a TypeError",
    laxer: "ours",
  },
  headerCase: {
    name: "header names in capitals",
    why: "every server hands them over in lower case; where two spellings are looked for, two values can be found",
    laxer: "reference",
  },
  weakSecrets: {
    name: "a secret that is short, not canonical base64, or without its prefix",
    why: "the reference makes some key of nearly anything, and every delivery is then refused as forged",
    laxer: "reference",
  },
};

/** Whether verdicts on this delivery may differ. */
export function mayDiffer(candidate: Candidate): boolean {
  return Object.values(DELIBERATE_DIFFERENCES).some(({ concerns }) => concerns?.(candidate));
}

/** Whether we refuse this delivery, even if the reference accepts it. */
export function weRefuse(candidate: Candidate): boolean {
  // These two leave a way to accept: bytes that were signed as they are, and another, good token.
  const { invalidUtf8: _, junkAfterToken: __, ...always } = DELIBERATE_DIFFERENCES;
  return Object.values(always).some(({ laxer, concerns }) => laxer === "reference" && concerns?.(candidate));
}
