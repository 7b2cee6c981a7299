import type { Envelope } from "@mintfax-webhooks/core";
import {
  type Attempt,
  type BodyForm,
  bodyForms,
  isAccepted,
  type TestSender,
} from "@mintfax-webhooks/testing";
import { readAnswer } from "../output/answer.ts";
import { wrap } from "../output/text.ts";
import { isRefusal } from "./refusal.ts";

/** Which forms of one and the same event a receiver takes for genuine. */
export interface TriedForms {
  readonly accepted: readonly Form[];
  readonly refused: readonly Form[];
}

type Form = Pick<BodyForm, "name" | "description">;

/**
 * Sends a refused event once more as `JSON.stringify` writes it. Where that is accepted, the receiver does not verify the
 * bytes that came, and the other forms are sent, too.
 *
 * @returns undefined where the receiver did not refuse the event, or where its body is not the reason
 */
export async function tryForms(
  event: Envelope<string, unknown>,
  refused: Attempt,
  sender: TestSender,
): Promise<TriedForms | undefined> {
  if (!mayHaveMisread(refused)) return undefined;
  const accepted: Form[] = [];
  const rejected: Form[] = [];
  for (const { name, description, text } of bodyForms(event)) {
    const taken = isAccepted(await sender.attempt(text));
    (taken ? accepted : rejected).push({ name, description });
    // The first is what JSON.stringify writes.
    if (accepted.length === 0) return undefined;
  }
  return { accepted, refused: rejected };
}

/** The advice to a person. */
export function adviceOn({ accepted, refused }: TriedForms): string {
  const names = (forms: readonly Form[]): string => forms.map(({ description }) => description).join("; ");
  const others = refused.length === 0 ? "" : ` Refused: ${names(refused)}.`;
  return wrap(
    `The same event is accepted in another form. Accepted: ${names(accepted)}.${others} So your server does not verify the ` +
      "bytes that came, but JSON that it has parsed and written again. mintfax does not say how it writes its bodies: verify " +
      "the raw body, before a parser reads it (docs/signature-refused.md).",
    2,
  );
}

/** A status that a receiver may answer where a signature does not match; many answer 500, since an error was thrown. */
function mayHaveMisread(attempt: Attempt): boolean {
  const { status, outcome } = readAnswer(attempt);
  if (outcome !== null) return outcome === "refused";
  return status !== null && (isRefusal(status) || status === 500);
}
