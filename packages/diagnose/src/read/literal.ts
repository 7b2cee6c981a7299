import { MOST_PRINTED_LEVELS } from "../bounds.ts";

/** Stands for what Node leaves out when it prints a value: `[Object]`, `... 3 more items`. */
export const ELIDED: unique symbol = Symbol("elided");

/** A value that was read out of a text, and where it ends. */
export interface Literal {
  readonly value: unknown;
  readonly end: number;
}

/**
 * Reads a value as JavaScript writes it and as `util.inspect` prints it: JSON, keys without quotes, three kinds of quotes,
 * comments, class names in front (`IncomingMessage {`), references (`<ref *1>`), and `<Buffer ...>`, which becomes its text.
 * No code is run.
 *
 * @returns undefined where no value is there; "cut" where the text ends before the value does
 */
export function literalAt(text: string, start: number): Literal | "cut" | undefined {
  const reading = new Reading(text, start);
  try {
    return { value: reading.value(0), end: reading.place };
  } catch (error) {
    if (error instanceof NotALiteral) return reading.isAtEnd ? "cut" : undefined;
    throw error;
  }
}

/** Whether parts of the value were left out. */
export function isElided(value: unknown): boolean {
  const values: unknown[] = [value];
  for (let each = values.pop(); values.length > 0 || each !== undefined; each = values.pop()) {
    if (each === ELIDED) return true;
    if (typeof each === "object" && each !== null)
      for (const member of Object.values(each)) values.push(member);
  }
  return false;
}

class NotALiteral extends Error {}

/** One at a time: a pattern for all of them takes memory for each. */
const BLANK = /\s{1,1000}|\/\/[^\n]*|\/\*.*?\*\//sy;
const BUFFER = /<Buffer(?: [0-9a-f]{2})*(?: ?\.\.\. \d+ more bytes?)?>/y;
const LEFT_OUT = /\.\.\. \d+ more (?:items?|characters?|keys?|properties)/y;
/** What `util.inspect` puts in front of a value. */
const PREFIX =
  /<ref \*\d+>\s*|\[[\w.]+(?:\(\d+\))?: null prototype\]\s*(?=[[{])|[A-Za-z_$][\w$.]*(?:\(\d+\))?(?: \[[\w. ]+\])*\s*(?=[[{])/y;
const TAG =
  /\[(?:Object|Array|Circular|Function|AsyncFunction|class|Getter|Setter|Getter\/Setter|Symbol|Date|Module|[A-Z]\w*)(?:[ :*(][^\]\n]*)?\]/y;
const PYTHON_BYTES = /b(?=["'])/y;
const KEY = /Symbol\([^)\n]*\)|[A-Za-z_$][\w$]*|\d+|\[(?:[\w$.]|Symbol\([^)\n]*\))+\]/y;
const WORD = /[A-Za-z_$][\w$.]*(?:\([^()\n]*\))?|-?(?:\d[\w.:+-]*)/y;

const WORDS: Readonly<Record<string, unknown>> = { true: true, false: false, null: null };

class Reading {
  readonly #text: string;
  place: number;

  constructor(text: string, place: number) {
    this.#text = text;
    this.place = place;
  }

  get isAtEnd(): boolean {
    this.#skip();
    return this.place >= this.#text.length;
  }

  value(level: number): unknown {
    if (level > MOST_PRINTED_LEVELS) throw new NotALiteral();
    this.#skip();
    const buffer = this.#take(BUFFER);
    if (buffer !== undefined) return buffer;
    if (this.#take(LEFT_OUT) !== undefined) return ELIDED;
    // A tag may stand for a value or in front of one: `[Object: null prototype] {`.
    while (this.#take(PREFIX) !== undefined) {}
    this.#take(PYTHON_BYTES);
    const character = this.#text[this.place];
    if (character === "{") return this.#object(level);
    if (character === "[") return this.#take(TAG) === undefined ? this.#array(level) : ELIDED;
    if (character === '"' || character === "'" || character === "`") return this.#string();
    const word = this.#take(WORD);
    if (word === undefined) throw new NotALiteral();
    if (word in WORDS) return WORDS[word];
    const number = Number(word);
    return Number.isNaN(number) ? undefined : number;
  }

  #object(level: number): Record<string, unknown> {
    const object: Record<string, unknown> = Object.create(null);
    this.place += 1;
    while (!this.#ends("}")) {
      if (this.#take(LEFT_OUT) === undefined) {
        const key = this.#key();
        this.#skip();
        if (this.#take(/:|=>/y) === undefined) throw new NotALiteral();
        object[key] = this.value(level + 1);
      } else object["..."] = ELIDED;
      this.#comma("}");
    }
    return object;
  }

  #key(): string {
    const quote = this.#text[this.place];
    if (quote === '"' || quote === "'") return this.#string();
    const key = this.#take(KEY);
    if (key === undefined) throw new NotALiteral();
    return key;
  }

  #array(level: number): unknown[] {
    const array: unknown[] = [];
    this.place += 1;
    while (!this.#ends("]")) {
      array.push(this.value(level + 1));
      this.#comma("]");
    }
    return array;
  }

  /** One string, or several joined by `+`, as Node prints long ones. */
  #string(): string {
    let whole = "";
    for (;;) {
      whole += this.#quoted();
      const end = this.place;
      this.#skip();
      if (this.#take(/\+/y) === undefined) {
        this.place = end;
        if (this.#take(/\.\.\. \d+ more characters?/y) !== undefined) throw new NotALiteral();
        return whole;
      }
      this.#skip();
    }
  }

  #quoted(): string {
    const quote = this.#text[this.place];
    if (quote !== '"' && quote !== "'" && quote !== "`") throw new NotALiteral();
    const start = this.place + 1;
    let end = start;
    while (this.#text[end] !== quote) {
      if (this.#text[end] === "\\") end += 1;
      // The others do not go over several lines.
      if (
        end >= this.#text.length ||
        (this.#text[end] === "\n" && quote !== "`" && this.#text[end - 1] !== "\\")
      )
        this.#fail(end);
      end += 1;
    }
    this.place = end + 1;
    const inside = this.#text.slice(start, end);
    if (quote === "`" && inside.includes("${")) throw new NotALiteral();
    return unescaped(inside);
  }

  #fail(place: number): never {
    this.place = place;
    throw new NotALiteral();
  }

  #ends(bracket: string): boolean {
    this.#skip();
    if (this.#text[this.place] !== bracket) return false;
    this.place += 1;
    return true;
  }

  #comma(bracket: string): void {
    this.#skip();
    if (this.#text[this.place] === ",") this.place += 1;
    else if (this.#text[this.place] !== bracket) throw new NotALiteral();
  }

  #skip(): void {
    while (this.#take(BLANK) !== undefined) {}
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.place;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.place += found.length;
    return found;
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  b: "\b",
  f: "\f",
  v: "\v",
  "0": "\0",
};

function unescaped(text: string): string {
  if (!text.includes("\\")) return text;
  return text.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|(\r?\n)|(.))/gs,
    (_, hex?: string, unit?: string, point?: string, lineBreak?: string, character = "") => {
      if (lineBreak !== undefined) return "";
      const code = hex ?? unit ?? point;
      if (code === undefined) return ESCAPES[character] ?? character;
      const number = Number.parseInt(code, 16);
      return number > 0x10ffff ? "\ufffd" : String.fromCodePoint(number);
    },
  );
}
