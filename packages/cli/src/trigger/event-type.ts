import { EVENT_TYPES, type MintfaxEventType } from "@mintfax-webhooks/core";
import { InvalidArgumentError } from "commander";

/** For help texts and errors. */
export const TYPES_IN_WORDS: string = `${EVENT_TYPES.slice(0, -1).join(", ")} and ${EVENT_TYPES.at(-1)}`;

/** More differ in too much to be a slip of the hand. */
const MOST_EDITS = 3;

/** @throws {InvalidArgumentError} for a type that mintfax does not send, with the one that was probably meant */
export function parseType(text: string): MintfaxEventType {
  const type = EVENT_TYPES.find((known) => known === text);
  if (type !== undefined) return type;
  const near = nearest(text);
  const question = near === undefined ? "" : `did you mean ${near}? `;
  throw new InvalidArgumentError(`${question}mintfax sends ${TYPES_IN_WORDS}.`);
}

function nearest(text: string): MintfaxEventType | undefined {
  const written = text.toLowerCase().replace(/[_\s:/-]/g, ".");
  const edits = (type: string): number =>
    Math.min(editsBetween(written, type), editsBetween(written, type.slice(type.indexOf(".") + 1)));
  const [first] = [...EVENT_TYPES].sort((a, b) => edits(a) - edits(b));
  return first !== undefined && edits(first) <= MOST_EDITS ? first : undefined;
}

/** How many letters have to be put in, left out or replaced (Levenshtein). */
function editsBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, j) => j);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
