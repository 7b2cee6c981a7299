import { MOST_VALUES } from "../bounds.ts";
import type { CapturedRequest } from "../captured-request.ts";
import { type Finding, proven } from "../finding.ts";
import { clean } from "./clean.ts";
import { findingsFrom, type HeaderFault } from "./faults.ts";
import { locate } from "./locate.ts";
import { PARTS, type Part } from "./part.ts";
import { readSignature, type Token } from "./signature.ts";
import { readTimestamp } from "./timestamp.ts";

/** The values of the three headers, with their faults undone where possible. */
export interface HeadersReading {
  /** Values that may have been signed, the most likely first. */
  readonly ids: readonly string[];
  readonly timestamps: readonly string[];
  readonly tokens: readonly Token[];
  /** The time of the attempt in Unix seconds, where it is readable. */
  readonly seconds?: number;
  readonly missing: readonly Part[];
  /** All faults of the headers, except those that are missing. */
  readonly findings: readonly Finding[];
}

// As in core: no dot, or id and timestamp could slide into each other in the signed text.
const ID = /^[\x21-\x2d\x2f-\x7e]{1,256}$/;

export function readHeaders(request: CapturedRequest): HeadersReading {
  const missing: Part[] = [];
  const faults: HeaderFault[] = [];
  const [ids, timestamps, signatures] = PARTS.map((part) => {
    const located = locate(request, part);
    if (located.values.length === 0) missing.push(part);
    const cleaned = located.values.map((value) => clean(part, value));
    faults.push(...located.faults, ...cleaned.flatMap((each) => each.faults));
    return [...new Set(cleaned.flatMap(({ values }) => values))].slice(0, MOST_VALUES);
  }) as [string[], string[], string[]];

  const times = timestamps.map(readTimestamp);
  const signature = signatures.length === 0 ? { tokens: [], findings: [] } : readSignature(signatures);
  const seconds = times[0]?.seconds;
  return {
    ids,
    timestamps: times.flatMap(({ spellings }) => spellings),
    tokens: signature.tokens,
    ...(seconds === undefined ? {} : { seconds }),
    missing,
    findings: [
      ...findingsFrom(faults),
      ...ids
        .filter((id) => !ID.test(id))
        .map(idMalformed)
        .slice(0, 1),
      ...times.flatMap(({ findings }) => findings).slice(0, 1),
      ...signature.findings,
    ],
  };
}

function idMalformed(id: string): Finding {
  const fault = id.includes(".")
    ? "it holds a dot"
    : `${id.length} characters, or one that is not visible ASCII`;
  return proven("id_malformed", {
    what: `webhook-id is malformed: ${fault}.`,
    why: "Expected 1 to 256 visible ASCII characters without a dot.",
    fix: "mintfax's ids are well-formed, so find what changes the header. If your own script is the sender, make it send another id.",
  });
}
