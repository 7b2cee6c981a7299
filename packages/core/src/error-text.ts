import { memberOf } from "./foreign.ts";
import { safeText } from "./safe-text.ts";

/** Names and codes are chosen by those who throw, so anything else than an identifier is left out. */
const NAME = /^[A-Za-z_$][\w$.-]{0,63}$/;
const CODE = /^[\w.:-]{1,64}$/;
const PLACE = /^\s+at .*:\d+:\d+\)?$/;

const MESSAGE_MAX_LENGTH = 1_000;
const PLACE_MAX_LENGTH = 300;
const STACK_MAX_LENGTH = 20_000;
/** An error, its causes, and the errors that an `AggregateError` holds. */
const ERRORS_MAX = 5;

/** An error by its name, code and place. Its message stays out: it may quote a payload or a number. */
export function withoutMessage(error: unknown): string {
  return `${titleOf(error)}${placeOf(error)}`;
}

/**
 * An error with its name, message, place and causes, as one line for a log. Secrets, credentials in URLs, phone numbers and
 * control characters are masked.
 *
 * @example
 * ```ts
 * console.error(`The message cannot be parked: ${inFull(error)}.`);
 * ```
 */
export function inFull(error: unknown): string {
  return withCauses(error)
    .map((each, index) => `${titleOf(each)}${saidBy(each)}${index === 0 ? placeOf(each) : ""}`)
    .join("; caused by ");
}

/**
 * What an error and its causes say, as one line for an operator: without names and places, and masked as by {@link inFull}.
 * A cause that is quoted already is left out.
 *
 * @example
 * ```ts
 * return [{ code: "my_store_reachable", level: "error", ok: false, message: inWords(error) }];
 * ```
 */
export function inWords(error: unknown): string {
  return withCauses(error)
    .map((each) => saidBy(each).slice(": ".length) || titleOf(each))
    .reduce((said, next) => (said.includes(next) ? said : `${said.replace(/\.$/, "")}: ${next}`));
}

/** The error first. */
function withCauses(error: unknown): readonly unknown[] {
  const errors = [error];
  for (const each of errors) {
    const cause = memberOf(each, "cause");
    if (cause !== undefined && cause !== null) errors.push(cause);
    errors.push(...errorsIn(each));
    if (errors.length >= ERRORS_MAX) break;
  }
  return errors.slice(0, ERRORS_MAX);
}

function titleOf(error: unknown): string {
  const message = memberOf(error, "message");
  if (typeof error !== "object" || typeof message !== "string") {
    return `a thrown ${error === null ? "null" : typeof error}`;
  }
  const name = memberOf(error, "name");
  const code = memberOf(error, "code");
  const shown = typeof name === "string" && NAME.test(name) ? safeText(name, 64) : "Error";
  return typeof code === "string" && CODE.test(code) ? `${shown} [${safeText(code, 64)}]` : shown;
}

function saidBy(error: unknown): string {
  const message = typeof error === "string" ? error : memberOf(error, "message");
  const hint = memberOf(error, "hint");
  const texts = [message, hint].filter((text): text is string => typeof text === "string" && text !== "");
  return texts.length === 0 ? "" : `: ${safeText(texts.join(" Hint: "), MESSAGE_MAX_LENGTH)}`;
}

/** Where an error was thrown. */
function placeOf(error: unknown): string {
  const [place] = placesOf(error);
  return place === undefined ? "" : ` ${place}`;
}

/** The calls that led there, each as a line of its own. */
export function callersOf(error: unknown): string {
  return placesOf(error)
    .slice(1)
    .map((place) => `\n    ${place}`)
    .join("");
}

function placesOf(error: unknown): string[] {
  const stack = memberOf(error, "stack");
  // `Error.prepareStackTrace` may make anything of it.
  if (typeof stack !== "string") return [];
  const message = memberOf(error, "message");
  // Some engines begin the stack with the message, and lines of that may look like places.
  const frames = typeof message === "string" ? stack.replace(message, "") : stack;
  const places = frames
    .slice(0, STACK_MAX_LENGTH)
    .split("\n")
    .filter((line) => PLACE.test(line));
  return places.map((place) => safeText(place.trim(), PLACE_MAX_LENGTH));
}

function errorsIn(error: unknown): readonly unknown[] {
  const errors = memberOf(error, "errors");
  try {
    return Array.isArray(errors) ? errors.slice(0, ERRORS_MAX) : [];
  } catch {
    return [];
  }
}
