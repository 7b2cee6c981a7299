import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { MOST_LEVELS, VARIED_BYTES } from "../bounds.ts";
import { type CapturedRequest, headerValues } from "../captured-request.ts";
import { latin1Of } from "../encoding.ts";
import { type Finding, type FindingCode, proven } from "../finding.ts";
import { difference, jsonOf, levelsOf, textOf, utf8 } from "./bytes.ts";
import { recodings } from "./charset.ts";
import { jsonSpellings } from "./json-styles.ts";
import { inDocumentedOrder } from "./key-order.ts";
import { bomEdits, type Edit, endEdits, lineEndingEdits } from "./line-ends.ts";
import { unwrappings } from "./unwrap.ts";
import { wordsFor } from "./words.ts";

/** A body that may be the signed one, and the changes that must have happened to it if it is. */
export interface Variation {
  readonly bytes: Uint8Array;
  readonly changes: readonly Change[];
}

/** A change of the body. */
export interface Change {
  readonly code: FindingCode;
  /** The kind of wrapper, charset and so on. */
  readonly detail?: string;
}

/** Bodies that may have been signed, those with the fewest changes first. */
export function* variations(request: CapturedRequest): Generator<Variation> {
  const seen = new Set<string>();
  for (const variation of candidates(request)) {
    const name = bytesToHex(sha256(variation.bytes));
    if (seen.has(name)) continue;
    seen.add(name);
    yield variation;
  }
}

function* candidates(request: CapturedRequest): Generator<Variation> {
  const asIs: Variation = { bytes: request.body, changes: [] };
  yield asIs;
  yield* declaredLength(request);
  if (request.body.length > VARIED_BYTES) return;
  yield* edited(asIs);
  const decoded = recodings(request.body).map(
    ({ bytes, how }): Variation => ({ bytes, changes: [{ code: "body_wrong_charset", detail: how }] }),
  );
  const unwrapped = unwrappings(request.body).map(
    ({ code, name, bytes }): Variation => ({ bytes, changes: [{ code, detail: name }] }),
  );
  for (const variation of [...decoded, ...unwrapped]) {
    yield variation;
    yield* edited(variation);
  }
  for (const variation of [asIs, ...decoded, ...unwrapped]) yield* rewritten(variation);
}

/** The body cut to Content-Length, where more arrived. */
function* declaredLength(request: CapturedRequest): Generator<Variation> {
  const declared = Number(headerValues(request, "content-length")[0] ?? Number.NaN);
  if (!(declared > 0 && declared < request.body.length)) return;
  const bytes = request.body.subarray(0, declared);
  const isBlank = /^\s*$/.test(latin1Of(request.body.subarray(declared)));
  yield { bytes, changes: [{ code: isBlank ? "body_trailing_newline_added" : "body_rewritten" }] };
}

/** Up to two small changes: a byte order mark, line endings, the end of the body. */
function* edited(variation: Variation): Generator<Variation> {
  const single = (edits: readonly Edit[], before: Variation) =>
    edits.map(({ code, bytes }): Variation => ({ bytes, changes: [...before.changes, { code }] }));
  const ends = single(endEdits(variation.bytes), variation);
  const lines = single(lineEndingEdits(variation.bytes), variation);
  const marks = single(bomEdits(variation.bytes), variation);
  yield* [...ends, ...lines, ...marks];
  for (const mark of marks) yield* single([...endEdits(mark.bytes), ...lineEndingEdits(mark.bytes)], mark);
  for (const line of lines) yield* single(endEdits(line.bytes), line);
}

/** JSON in other spellings, and with its keys in the order that mintfax documents. */
function* rewritten({ bytes, changes }: Variation): Generator<Variation> {
  const text = textOf(bytes)?.replace(/^\ufeff/, "");
  if (text === undefined || !isJsonObject(text) || levelsOf(text) > MOST_LEVELS) return;
  yield* spelled(text, [...changes, { code: "body_reserialized" }]);
  const ordered = inDocumentedOrder(text);
  if (ordered === undefined || ordered === JSON.stringify(JSON.parse(text))) return;
  const reordered: Change[] = [...changes, { code: "body_keys_reordered" }];
  yield { bytes: utf8.encode(ordered), changes: reordered };
  yield* spelled(ordered, reordered);
}

function* spelled(text: string, changes: readonly Change[]): Generator<Variation> {
  for (const spelling of jsonSpellings(text)) {
    yield { bytes: utf8.encode(spelling), changes };
    yield { bytes: utf8.encode(`${spelling}\n`), changes };
  }
}

function isJsonObject(text: string): boolean {
  return text.trimStart().startsWith("{") && jsonOf(text) !== undefined;
}

/** The findings that a matching signature has proven about the body. */
export function findingsOf({ bytes, changes }: Variation, received: Uint8Array): Finding[] {
  const apart = difference(bytes, received);
  return changes.map(({ code, detail }) => {
    const { why, ...words } = wordsFor(code, detail);
    return proven(code, { ...words, why: `${why} ${apart}` });
  });
}
