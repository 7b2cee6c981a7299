/**
 * One JSON text in the spellings of common serialisers. It works on the text's tokens, not on a parsed value: a parser
 * would lose duplicate keys, the order of keys that look like numbers, and the spelling of numbers.
 */

const TOKEN = /"(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*|true|false|null|[{}[\],:]/g;

type Rewrite = (text: string) => string;

/** The whitespace between tokens. */
interface Layout {
  /** Indent of each level. Left out where all tokens are on one line. */
  readonly indent?: string;
  readonly comma: string;
  readonly colon: string;
}

const LAYOUTS: readonly Layout[] = [
  { comma: ",", colon: ":" },
  // Python's json.dumps.
  { comma: ", ", colon: ": " },
  { indent: "  ", comma: ",", colon: ": " },
  { indent: "    ", comma: ",", colon: ": " },
  { indent: "\t", comma: ",", colon: ": " },
  { comma: ",", colon: ": " },
];

const as: Rewrite = (text) => text;
const hex = (character: string) => character.charCodeAt(0).toString(16).padStart(4, "0");
const lower: Rewrite = (character) => `\\u${hex(character)}`;
const upper: Rewrite = (character) => `\\u${hex(character).toUpperCase()}`;

// All of these touch the inside of strings only, so they can be applied to the whole of a text.
const NON_ASCII: readonly Rewrite[] = [
  as,
  // PHP, Python; some of Java's and .NET's serialisers in capitals.
  (text) => text.replace(/[\u0080-\uffff]/g, lower),
  (text) => text.replace(/[\u0080-\uffff]/g, upper),
  // Go, and PHP without JSON_UNESCAPED_LINE_TERMINATORS.
  (text) => text.replace(/[\u2028\u2029]/g, lower),
];
const SLASHES: readonly Rewrite[] = [
  as,
  // PHP.
  (text) => text.replaceAll("/", "\\/"),
];
const MARKUP: readonly Rewrite[] = [
  as,
  // Go.
  (text) => text.replace(/[<>&]/g, lower),
  // .NET's default, and PHP's JSON_HEX_*.
  (text) => text.replace(/[<>&'+`]|\\"/g, (found) => upper(found.at(-1) ?? "")),
];
const NUMBERS: readonly Rewrite[] = [
  as,
  // 3.0 and 1e3 as JavaScript writes them.
  (token) => String(Number(token)),
];

/** How many spellings {@link jsonSpellings} knows. */
export const SPELLINGS: number =
  LAYOUTS.length * NON_ASCII.length * SLASHES.length * MARKUP.length * NUMBERS.length;

/** Every distinct spelling of a valid JSON text, except its own. */
export function* jsonSpellings(text: string): Generator<string> {
  const tokens = (text.match(TOKEN) ?? []).map((token) =>
    token.startsWith('"') ? JSON.stringify(JSON.parse(token)) : token,
  );
  // In most texts, most of these make no difference.
  const sample = tokens.filter((token) => token.startsWith('"')).join("");
  const [nonAscii, slashes, markup] = [NON_ASCII, SLASHES, MARKUP].map((rewrites) =>
    distinct(rewrites, [sample]),
  );
  const numbers = distinct(NUMBERS, tokens.filter(isNumber));
  for (const layout of LAYOUTS) {
    for (const number of numbers) {
      const written = write(tokens, layout, number);
      for (const escapeMarkup of markup ?? []) {
        for (const escapeSlashes of slashes ?? []) {
          for (const escapeNonAscii of nonAscii ?? []) {
            const spelling = escapeNonAscii(escapeSlashes(escapeMarkup(written)));
            if (spelling !== text) yield spelling;
          }
        }
      }
    }
  }
}

/** The rewrites that make a difference to these samples. */
function distinct(rewrites: readonly Rewrite[], samples: readonly string[]): Rewrite[] {
  const seen = new Set<string>();
  return rewrites.filter((rewrite) => {
    const result = samples.map(rewrite).join();
    return !seen.has(result) && seen.add(result);
  });
}

function write(tokens: readonly string[], { indent, comma, colon }: Layout, number: Rewrite): string {
  let text = "";
  let depth = 0;
  let previous = "";
  const line = () => (indent === undefined ? "" : `\n${indent.repeat(depth)}`);
  for (const token of tokens) {
    const isFirst = previous === "{" || previous === "[";
    if (token === "}" || token === "]") {
      depth -= 1;
      text += isFirst ? token : line() + token;
    } else {
      if (isFirst || previous === ",") text += line();
      if (token === "{" || token === "[") depth += 1;
      text += token === "," ? comma : token === ":" ? colon : isNumber(token) ? number(token) : token;
    }
    previous = token;
  }
  return text;
}

function isNumber(token: string): boolean {
  return /^[-0-9]/.test(token);
}
