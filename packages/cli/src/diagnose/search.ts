import { createHmac } from "node:crypto";
import { type Variation, variations } from "./body/variations.ts";
import type { CapturedRequest } from "./captured-request.ts";
import { type Token, tokenMatches } from "./headers/signature.ts";
import type { CandidateKey } from "./secret/reading.ts";

/** What the signature was made of, as far as it matches. */
export interface Match {
  readonly id: string;
  readonly timestamp: string;
  readonly key: CandidateKey;
  readonly body: Variation;
  /** What was signed in place of `id.timestamp.body`, in words, where that is so. */
  readonly otherContent?: string;
}

/** What a signature may have been made of. */
export interface Ingredients {
  readonly ids: readonly string[];
  readonly timestamps: readonly string[];
  readonly tokens: readonly Token[];
  readonly keys: readonly CandidateKey[];
  readonly request: CapturedRequest;
}

/** The first match, and how much was tried for it. */
export interface SearchResult {
  readonly match?: Match;
  readonly bodies: number;
}

/** Tries what needs the least explanation first: the body as it is with every key, then every other body. */
export function search(ingredients: Ingredients): SearchResult {
  if (ingredients.tokens.length === 0) return { bodies: 0 };
  let bodies = 0;
  for (const body of variations(ingredients.request)) {
    bodies += 1;
    const match =
      tryBody(body, ingredients) ?? (bodies === 1 ? tryOtherContent(body, ingredients) : undefined);
    if (match !== undefined) return { match, bodies };
  }
  return { bodies };
}

function tryBody(body: Variation, { ids, timestamps, tokens, keys }: Ingredients): Match | undefined {
  for (const key of keys) {
    for (const id of ids) {
      for (const timestamp of timestamps) {
        const computed = sign(key.bytes, `${id}.${timestamp}.`, body.bytes);
        if (tokens.some((token) => tokenMatches(token, computed))) return { id, timestamp, key, body };
      }
    }
  }
  return undefined;
}

/** What home-made senders sign. */
const CONTENTS: readonly (readonly [words: string, prefix: (id: string, timestamp: string) => string])[] = [
  ["the body alone", () => ""],
  ["`timestamp.body`, without the id", (_, timestamp) => `${timestamp}.`],
  ["`id.body`, without the timestamp", (id) => `${id}.`],
  ["`timestamp.id.body`", (id, timestamp) => `${timestamp}.${id}.`],
];

function tryOtherContent(body: Variation, { ids, timestamps, tokens, keys }: Ingredients): Match | undefined {
  for (const [otherContent, prefix] of CONTENTS) {
    for (const key of keys) {
      for (const id of ids) {
        for (const timestamp of timestamps) {
          const computed = sign(key.bytes, prefix(id, timestamp), body.bytes);
          if (tokens.some((token) => tokenMatches(token, computed))) {
            return { id, timestamp, key, body, otherContent };
          }
        }
      }
    }
  }
  return undefined;
}

function sign(key: Uint8Array, prefix: string, body: Uint8Array): string {
  return createHmac("sha256", key).update(prefix).update(body).digest("base64");
}
