import { ConfigurationError } from "./errors.ts";

/**
 * For adapters and stores: holds that options are an object, that every one of them is known, and that none is
 * undefined. An undefined option comes from a misspelt variable or import; to use the default instead would mean
 * another secret, or a store that other processes do not share.
 *
 * @param known names of all options
 * @param of what they are the options of, for the message
 * @throws {ConfigurationError} code `option_invalid` or `option_unknown`; `secret_missing` for an undefined `secret`
 */
export function checkOptions(options: unknown, known: readonly string[], of: string): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new ConfigurationError(
      "option_invalid",
      `The options of ${of} are ${kindOf(options)}; expected an object with any of ${known.join(", ")}.`,
    );
  }
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) throw unknownOption(name, known, of);
    if ((options as Readonly<Record<string, unknown>>)[name] === undefined) throw undefinedOption(name);
  }
}

/** @throws {ConfigurationError} code `option_invalid` if the value is not a function */
export function functionFrom<T>(name: string, value: T): T {
  if (typeof value === "function") return value;
  throw new ConfigurationError("option_invalid", `${name} is ${kindOf(value)}; expected a function.`);
}

/** The kind of a value, in words. Never the value itself, which may be a secret. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "a list";
  return `${typeof value === "object" ? "an" : "a"} ${typeof value}`;
}

function undefinedOption(name: string): ConfigurationError {
  return new ConfigurationError(
    name === "secret" ? "secret_missing" : "option_invalid",
    `${name} is undefined; expected a value. Check the spelling of the variable or import that it comes from. ` +
      "To use the default, leave the option out.",
  );
}

const NAME_MAX_LENGTH = 60;

function unknownOption(name: string, known: readonly string[], of: string): ConfigurationError {
  const start = name.slice(0, NAME_MAX_LENGTH);
  const near = nearest(start, known);
  return new ConfigurationError(
    "option_unknown",
    `${JSON.stringify(start)} is not an option of ${of}. ` +
      (near === undefined ? `Expected any of ${known.join(", ")}.` : `Did you mean ${near}?`),
  );
}

/** The option with the fewest edits, if they are at most half of its length. */
function nearest(name: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((option) => ({ option, edits: editsBetween(name.toLowerCase(), option.toLowerCase()) }))
    .filter(({ option, edits }) => edits <= option.length / 2)
    .sort((a, b) => a.edits - b.edits);
  return ranked[0]?.option;
}

/** The Levenshtein distance; 1 for a name that the option starts with (`deadline` for `deadlineMs`). */
function editsBetween(name: string, option: string): number {
  if (name.length > 3 && option.startsWith(name)) return 1;
  let row = Array.from({ length: option.length + 1 }, (_, at) => at);
  for (let i = 1; i <= name.length; i++) {
    const next = [i];
    for (let j = 1; j <= option.length; j++) {
      const replaced = (row[j - 1] as number) + (name[i - 1] === option[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[option.length] as number;
}
