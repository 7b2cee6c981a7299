import type { Attempt } from "@mintfax-webhooks/testing";
import { oneLine } from "./text.ts";

/** Of what a receiver of another make answers, the beginning. */
const SHOWN_CHARACTERS = 400;
/** A page of HTML begins with what is not shown. */
const READ_CHARACTERS = 8_192;
/** Ours are all far shorter. */
const LONGEST_WORD = 30;

/** What an attempt was answered, put into words. */
export interface ReadAnswer {
  /** Null where no answer came. */
  readonly status: number | null;
  /** `processed`, `refused` and so on, where the answer is one of this library's. */
  readonly outcome: string | null;
  readonly code: string | null;
  /** The answer's message; or the beginning of another kind of answer; or why none came. */
  readonly message: string | null;
}

/** Reads an answer without trusting it: whatever is kept of it is one printable line. */
export function readAnswer({ status, body, error }: Pick<Attempt, "status" | "body" | "error">): ReadAnswer {
  if (status === null) {
    return {
      status,
      outcome: null,
      code: null,
      message: oneLine((error ?? "").replace(/^fetch failed: /, "")),
    };
  }
  const { outcome, code, message } = membersOf(body ?? "");
  return {
    status,
    outcome: word(outcome),
    code: word(code),
    message: text(word(outcome) === null ? body : message),
  };
}

function membersOf(body: string): { outcome?: unknown; code?: unknown; message?: unknown } {
  try {
    return JSON.parse(body) ?? {};
  } catch {
    return {};
  }
}

function word(value: unknown): string | null {
  return typeof value === "string" && value.length <= LONGEST_WORD && /^\w+$/.test(value) ? value : null;
}

function text(value: unknown): string | null {
  if (typeof value !== "string" || value.trim() === "") return null;
  const line = oneLine(withoutTags(value.slice(0, READ_CHARACTERS)));
  return line.length > SHOWN_CHARACTERS ? `${line.slice(0, SHOWN_CHARACTERS)}…` : line;
}

/** Of a page of HTML, what a reader would see. */
function withoutTags(text: string): string {
  return /^\s*</.test(text) ? text.replace(/<(title|style|script)\b.*?<\/\1>|<[^<>]*>/gis, " ") : text;
}
