import { type Variation, variations } from "./body/variations.ts";
import { HASHED_BYTES } from "./bounds.ts";
import type { CapturedRequest } from "./captured-request.ts";
import { base64Of } from "./encoding.ts";
import { type Token, tokenMatches } from "./headers/signature.ts";
import type { CandidateKey } from "./secret/reading.ts";
import { hmacSha256 } from "./sign.ts";

/** The ingredients with which the signature matches. */
export interface Match {
  readonly id: string;
  readonly timestamp: string;
  readonly key: CandidateKey;
  readonly body: Variation;
  /** In words, what was signed in place of `id.timestamp.body`. Left out where that was signed. */
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

/** The first match, and how many bodies were tried. */
export interface SearchResult {
  readonly match?: Match;
  readonly bodies: number;
  /** There were more bodies than could be tried. */
  readonly isCut?: true;
}

/** Tries the body as it is with every key first, then every other body. */
export function search(ingredients: Ingredients): SearchResult {
  const { ids, timestamps, tokens, keys } = ingredients;
  if ([ids, timestamps, tokens, keys].some((each) => each.length === 0)) return { bodies: 0 };
  const hashing = new Hashing();
  let bodies = 0;
  for (const body of variations(ingredients.request)) {
    if (hashing.isUsedUp) return { bodies, isCut: true };
    bodies += 1;
    const match =
      tryBody(body, ingredients, AS_MINTFAX_SIGNS, hashing) ??
      (bodies === 1 ? tryOtherContent(body, ingredients, hashing) : undefined);
    if (match !== undefined) return { match, bodies };
  }
  return { bodies };
}

type Prefix = (id: string, timestamp: string) => string;

const AS_MINTFAX_SIGNS: Prefix = (id, timestamp) => `${id}.${timestamp}.`;

/** What home-made senders sign instead. */
const CONTENTS: readonly (readonly [words: string, prefix: Prefix])[] = [
  ["the body alone", () => ""],
  ["`timestamp.body`, without the id", (_, timestamp) => `${timestamp}.`],
  ["`id.body`, without the timestamp", (id) => `${id}.`],
  ["`timestamp.id.body`", (id, timestamp) => `${timestamp}.${id}.`],
];

function tryOtherContent(body: Variation, ingredients: Ingredients, hashing: Hashing): Match | undefined {
  for (const [otherContent, prefix] of CONTENTS) {
    const match = tryBody(body, ingredients, prefix, hashing);
    if (match !== undefined) return { ...match, otherContent };
  }
  return undefined;
}

function tryBody(
  body: Variation,
  { ids, timestamps, tokens, keys }: Ingredients,
  prefix: Prefix,
  hashing: Hashing,
): Match | undefined {
  for (const key of keys) {
    for (const id of ids) {
      for (const timestamp of timestamps) {
        if (hashing.isUsedUp) return undefined;
        const computed = hashing.sign(key.bytes, prefix(id, timestamp), body.bytes);
        if (tokens.some((token) => tokenMatches(token, computed))) return { id, timestamp, key, body };
      }
    }
  }
  return undefined;
}

/** Signs, and counts the bytes, which take nearly all of a search's time. */
class Hashing {
  #leftBytes = HASHED_BYTES;

  get isUsedUp(): boolean {
    return this.#leftBytes <= 0;
  }

  sign(key: Uint8Array, prefix: string, body: Uint8Array): string {
    // An empty body takes time too.
    this.#leftBytes -= body.length + LEAST_BYTES;
    return base64Of(hmacSha256(key, prefix, body));
  }
}

/** Bytes that are hashed in the time that a signature takes apart from its body. */
const LEAST_BYTES = 2_048;
