import type { Attempt } from "@mintfax-webhooks/testing";
import { reasonFor } from "./reason.ts";
import { oneLine } from "./text.ts";

/** Of another server's answer, the beginning is shown. */
const SHOWN_CHARACTERS = 400;
/** The beginning of an HTML page is not visible text. */
const READ_CHARACTERS = 8_192;
/** Our receivers' words are far shorter. */
const LONGEST_WORD = 30;

/** The answer to an attempt, read. */
export interface ReadAnswer {
  /** Null where no answer came. */
  readonly status: number | null;
  /** `processed`, `refused` and so on, where a receiver of this library answered. */
  readonly outcome: string | null;
  readonly code: string | null;
  /** The answer's message; the beginning of another server's answer; or why no answer came. */
  readonly message: string | null;
}

/** Reads an answer without trusting it: each part that is kept is one printable line. */
export function readAnswer({ status, body, error }: Pick<Attempt, "status" | "body" | "error">): ReadAnswer {
  if (status === null) {
    return {
      status,
      outcome: null,
      code: null,
      message: reasonFor(error ?? ""),
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

/** The visible text of an HTML page. */
function withoutTags(text: string): string {
  return /^\s*</.test(text) ? text.replace(/<(title|style|script)\b.*?<\/\1>|<[^<>]*>/gis, " ") : text;
}
