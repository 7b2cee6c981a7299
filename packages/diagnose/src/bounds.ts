/**
 * What a diagnosis looks at, at most. Requests come from strangers too, and each step has to stay linear in what these let
 * through.
 */

/** Larger bodies are checked as they came, and not varied. A receiver reads no more unless it is told otherwise. */
export const VARIED_BYTES = 262_144;
/** Levels of JSON. mintfax's bodies have five; each level costs a blank or more on every line of some spellings. */
export const MOST_LEVELS = 32;
/** Wrappers that a body is taken out of: parts, fields, members. */
export const MOST_UNWRAPPED = 16;
/** A curl command, which has to be taken apart before its body is known. */
export const CURL_CHARACTERS: number = 1024 * 1024;
export const CURL_WORDS = 1_000;
/** Values that one header may stand for, joined or repeated. */
export const MOST_VALUES = 4;
/** Bytes that a search hashes. */
export const HASHED_BYTES: number = 256 * 1024 * 1024;
