/** The kinds of findings about a captured request. Stable over versions. */
export type FindingCode =
  // The headers.
  | "header_missing"
  | "header_renamed"
  | "header_underscored"
  | "header_cgi"
  | "header_repeated"
  | "header_joined"
  | "header_quoted"
  | "header_url_encoded"
  | "header_redacted"
  | "signature_prefix_missing"
  | "signature_hex"
  | "signature_base64url"
  | "signature_cut"
  | "signature_malformed"
  | "id_malformed"
  | "id_case_changed"
  | "id_changed"
  | "id_differs_from_body"
  | "timestamp_malformed"
  | "timestamp_in_milliseconds"
  | "timestamp_too_old"
  | "timestamp_too_new"
  // The sender.
  | "other_vendor"
  | "old_generation"
  | "method_not_post"
  | "signed_content_differs"
  // The body.
  | "body_reserialized"
  | "body_keys_reordered"
  | "body_trailing_newline_added"
  | "body_trailing_newline_removed"
  | "body_line_endings_changed"
  | "body_bom_added"
  | "body_bom_removed"
  | "body_wrong_charset"
  | "body_charset_lost"
  | "body_truncated"
  | "body_rewritten"
  | "body_empty"
  | "body_too_large"
  | "body_compressed"
  | "body_encoding_declared"
  | "body_form_encoded"
  | "body_multipart"
  | "body_json_string"
  | "body_buffer_printed"
  | "body_base64"
  | "body_in_wrapper"
  | "body_object_printed"
  | "body_not_the_envelope"
  // The capture.
  | "capture_not_recognised"
  | "capture_incomplete"
  | "capture_holds_several"
  | "capture_body_parsed"
  | "lambda_body_base64"
  | "lambda_headers_twice"
  // The secret.
  | "secret_wrong"
  | "secret_matched"
  | "secret_not_decoded"
  | "secret_quoted"
  | "secret_whitespace"
  | "secret_pasted_with_v1"
  | "secret_pasted_with_name"
  | "secret_prefix_missing"
  | "secret_padding_missing"
  | "secret_test_style"
  | "secret_is_api_key"
  | "secret_malformed";

/** One finding. Holds no secret, no expected signature and no value of the payload. */
export interface Finding {
  readonly code: FindingCode;
  /** `proven`: the request shows it, or the signature matches once it is undone. */
  readonly certainty: "proven" | "suspected";
  /** The finding in one line. */
  readonly what: string;
  /** What arrived, and what was expected. */
  readonly why: string;
  /** What to change. */
  readonly fix: string;
  /** A line of code or configuration for the fix. */
  readonly example?: string;
}

/** See {@link Diagnosis.verdict}. */
export type DiagnosisVerdict = "verified" | "explained" | "suspected" | "unexplained" | "unchecked";

/** Why a captured request verifies or does not. Plain data. */
export interface Diagnosis {
  /**
   * `verified`: a receiver accepts it, apart from its age. `explained`: a receiver refuses it, and at least one finding is
   * proven. `suspected`: all findings are suspicions. `unexplained`: there is no finding. `unchecked`: the capture is in no
   * known format or lacks a part of the request, and nothing else is proven.
   */
  readonly verdict: DiagnosisVerdict;
  /** The reasons why a receiver refuses this request. Empty where it verifies. */
  readonly findings: readonly Finding[];
  /** Facts for which a receiver refuses nothing, such as the age of an old capture or which of several secrets matched. */
  readonly notes: readonly Finding[];
  /** Which of the secrets the request was signed with, counting from 0, where that is known. */
  readonly secretIndex?: number;
  /** What was tried, one line each. */
  readonly tried: readonly string[];
}

/** A finding that the request shows, or that a matching signature has proven. */
export function proven(
  code: FindingCode,
  { what, why, fix, example }: { what: string; why: string; fix: string; example?: string | undefined },
): Finding {
  return { code, certainty: "proven", what, why, fix, ...(example === undefined ? {} : { example }) };
}

/** The same with less certainty. */
export function suspected(code: FindingCode, words: Parameters<typeof proven>[1]): Finding {
  return { ...proven(code, words), certainty: "suspected" };
}
