/**
 * The most that a diagnosis looks at. Strangers send requests too, so the time of each step must grow linearly with the
 * size that these bounds allow.
 */

/** Larger bodies are checked as they arrived, and not varied. A receiver reads no more than this by default. */
export const VARIED_BYTES = 262_144;
/** Levels of JSON. mintfax's bodies have five; each level costs a blank or more on every line of some spellings. */
export const MOST_LEVELS = 32;
/** Wrappers that are taken off a body: parts, fields, members. */
export const MOST_UNWRAPPED = 16;
/** Of a curl command, which must be split before its body is known. */
export const CURL_CHARACTERS: number = 1024 * 1024;
export const CURL_WORDS = 1_000;
/** Values of one header that was joined or repeated. */
export const MOST_VALUES = 4;
/** Bytes that one search hashes. */
export const HASHED_BYTES: number = 256 * 1024 * 1024;
/** Values of a capture in JSON that are searched for requests. */
export const MOST_JSON_NODES = 20_000;
/** Headers of one request. Servers take some hundred. */
export const MOST_HEADERS = 10_000;
/** Values that are read out of a text, one after the other. */
export const MOST_PRINTED = 10_000;
/** Lines of a log that are read where none of them has a mark of a webhook. */
export const MOST_UNMARKED_LINES = 1_000;
/** Levels of a value as Node prints it. */
export const MOST_PRINTED_LEVELS = 32;
/** Places of a text at which a value is looked for and not found. */
export const MOST_FALSE_STARTS = 16;
