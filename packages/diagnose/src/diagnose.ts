import { ageOf } from "./age.ts";
import { isObject, jsonOf, textOf } from "./body/bytes.ts";
import { looksLikeEnvelope, refusedAnyway, symptoms } from "./body/symptoms.ts";
import { findingsOf } from "./body/variations.ts";
import { VARIED_BYTES } from "./bounds.ts";
import { headersNotShown } from "./capture-words.ts";
import type { CapturedRequest } from "./captured-request.ts";
import type { Diagnosis, Finding } from "./finding.ts";
import { missing } from "./headers/faults.ts";
import { type HeadersReading, readHeaders } from "./headers/read.ts";
import { otherVendor } from "./headers/vendors.ts";
import { oldGeneration } from "./old-generation.ts";
import { type Match, search } from "./search.ts";
import { readSecrets, type SecretReading } from "./secret/reading.ts";
import { whatWasTried } from "./tried.ts";
import * as words from "./words.ts";

/** Options of {@link diagnose}. */
export interface DiagnoseOptions {
  /** The time of capture. Default: unknown, so an old timestamp is a note and not a finding. */
  readonly at?: Date;
  /** Default: now. */
  readonly now?: Date;
}

/**
 * Finds out why a captured request verifies or does not. It undoes one possible cause after the other. A cause is `proven`
 * when the signature matches without it, or when the request shows it.
 *
 * @param secrets as they were found, untrimmed: a fault of a secret is a part of the answer
 * @returns plain data without secrets, expected signatures and values of the payload
 *
 * @example
 * ```ts
 * const { verdict, findings } = diagnose(request, [process.env.MINTFAX_WEBHOOK_SECRET ?? ""], { at: new Date() });
 * if (verdict !== "verified") console.log(findings.map(({ what }) => what).join("\n"));
 * ```
 */
export function diagnose(
  request: CapturedRequest,
  secrets: string | readonly string[],
  { at, now = new Date() }: DiagnoseOptions = {},
): Diagnosis {
  const secret = readSecrets(typeof secrets === "string" ? [secrets] : secrets);
  const headers = readHeaders(request);
  const method =
    request.method === undefined || request.method.toUpperCase() === "POST"
      ? []
      : [words.methodNotPost(request.method)];
  const stranger =
    headers.missing.length === 3 ? (oldGeneration(request, secret.keys) ?? otherVendor(request)) : undefined;
  if (stranger !== undefined) return conclude([stranger, ...method], [], undefined, []);

  const isReadable = request.body.length <= VARIED_BYTES;
  const envelope = isReadable ? jsonOf(textOf(request.body)?.replace(/^\ufeff/, "")) : undefined;
  const bodyId = isObject(envelope) && typeof envelope.id === "string" ? envelope.id : undefined;
  const ids = [...new Set([...headers.ids, ...(bodyId === undefined ? [] : [bodyId])])];
  const { match, bodies, isCut } = search({ ...headers, ids, keys: secret.keys, request });
  const tried = headers.tokens.length === 0 ? [] : whatWasTried(headers, ids, secret, bodies, isCut);
  const age = headers.seconds === undefined ? {} : ageOf(headers.seconds, now, at);
  const atAge = [
    ...method,
    // A timestamp in milliseconds has its own finding.
    ...(age.finding === undefined ? [] : [age.finding]),
  ];
  const notes = [...(request.notes ?? []), ...secret.notes, ...(age.note === undefined ? [] : [age.note])];
  if (match === undefined) {
    const found = unmatched(request, headers, secret, envelope, bodyId);
    return conclude([...found, ...atAge], notes, undefined, tried);
  }
  const { findings, remarks } = matched(request, headers, secret, match, bodyId);
  return conclude([...findings, ...atAge], [...remarks, ...notes], match.key.secretIndex, tried);
}

function matched(
  request: CapturedRequest,
  headers: HeadersReading,
  secret: SecretReading,
  match: Match,
  bodyId: string | undefined,
): { findings: Finding[]; remarks: Finding[] } {
  const findings = [
    ...headers.findings,
    ...gaps(request, headers, " With the id of the body the signature matches."),
  ];
  const [id] = headers.ids;
  if (id !== undefined && !headers.ids.includes(match.id)) {
    findings.push(id.toLowerCase() === match.id.toLowerCase() ? words.idCaseChanged() : words.idChanged());
  }
  findings.push(...findingsOf(match.body, request.body), ...secret.faults);
  if (match.key.undecoded) findings.push(words.secretNotDecoded());
  if (match.otherContent !== undefined) findings.push(words.signedContentDiffers(match.otherContent));
  const isUnpacked = match.body.changes.some(({ code }) => code === "body_compressed");
  findings.push(
    ...refusedAnyway(request).filter(({ code }) => !(isUnpacked && code === "body_encoding_declared")),
  );

  const signed = jsonOf(textOf(match.body.bytes)?.replace(/^\ufeff/, ""));
  if (!isEnvelope(signed)) findings.push(words.notAnEnvelope(signed !== undefined));
  const remarks: Finding[] = [];
  if (secret.count > 1) remarks.push(words.secretMatched(match.key.secretIndex, secret.count));
  if (bodyId !== undefined && match.id !== bodyId) remarks.push(words.idDiffers(true));
  return { findings, remarks };
}

/** As in core. */
function isEnvelope(value: unknown): boolean {
  return (
    looksLikeEnvelope(value) &&
    Number.isSafeInteger(value.created) &&
    isObject(value.data) &&
    isObject(value.data.object)
  );
}

function unmatched(
  request: CapturedRequest,
  headers: HeadersReading,
  secret: SecretReading,
  envelope: unknown,
  bodyId: string | undefined,
): Finding[] {
  const isSvix = request.headers.some(([name]) => name.toLowerCase() === "svix-signature");
  const stranger = isSvix ? otherVendor(request) : undefined;
  if (stranger !== undefined) return [stranger];
  const body = [...symptoms(request), ...refusedAnyway(request)];
  const findings = [...gaps(request, headers, ""), ...headers.findings, ...secret.faults, ...body];
  if (headers.tokens.length === 0 || headers.timestamps.length === 0) return findings;
  if (bodyId !== undefined && headers.ids.length > 0 && !headers.ids.includes(bodyId) && body.length === 0) {
    findings.push(words.idDiffers(false));
  } else if (looksLikeEnvelope(envelope) && body.length === 0 && secret.faults.length === 0) {
    findings.push(words.secretWrong(secret.count));
  }
  return findings;
}

function gaps({ notShown }: CapturedRequest, headers: HeadersReading, note: string): Finding[] {
  if (headers.missing.length === 0) return [];
  return [
    notShown?.headers === undefined
      ? missing(headers.missing, note)
      : headersNotShown(headers.missing, notShown.headers),
  ];
}

function conclude(
  findings: readonly Finding[],
  notes: readonly Finding[],
  secretIndex: number | undefined,
  tried: readonly string[],
): Diagnosis {
  const known = secretIndex === undefined ? {} : { secretIndex };
  const isOfCapture = ({ code }: Finding): boolean => code === "capture_incomplete";
  if (findings.some((finding) => finding.certainty === "proven" && !isOfCapture(finding))) {
    return { verdict: "explained", findings, notes, ...known, tried };
  }
  if (findings.some(isOfCapture)) return { verdict: "unchecked", findings, notes, ...known, tried: [] };
  if (findings.length > 0) return { verdict: "suspected", findings, notes, ...known, tried };
  return {
    verdict: secretIndex === undefined ? "unexplained" : "verified",
    findings,
    notes,
    ...known,
    tried,
  };
}
