import { MintfaxWebhookError } from "@mintfax-webhooks/core";
import { notReadable, notRecognised } from "../capture-words.ts";
import type { Diagnosis, Finding } from "../finding.ts";

/**
 * A capture cannot be read: it is in none of the known formats, or does not give the request. The message says why, as the
 * end of a sentence that begins with the capture's name, and quotes only the name of a file.
 */
export class UnreadableCaptureError extends MintfaxWebhookError {
  declare readonly code: "capture_unreadable";
  /** The same for people, in the form of every other diagnosis: `unchecked`, with one finding. */
  readonly diagnosis: Diagnosis;

  constructor(message: string, finding: Finding = notReadable(message), tried: readonly string[] = []) {
    super("capture_unreadable", message);
    this.diagnosis = { verdict: "unchecked", findings: [finding], notes: [], tried };
  }
}

/** @param hint what the capture looks like, as a sentence with a space behind it, or empty */
export function notRecognisedError(formats: readonly string[], hint: string): UnreadableCaptureError {
  return new UnreadableCaptureError(
    `it is in none of these formats: ${formats.join("; ")}`,
    notRecognised(hint),
    formats,
  );
}
