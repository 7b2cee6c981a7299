import { isObject, utf8 } from "../body/bytes.ts";
import { MOST_PRINTED_LEVELS } from "../bounds.ts";
import type { CapturedRequest } from "../captured-request.ts";
import { UnreadableCaptureError } from "./error.ts";
import { headersOfJson } from "./header-text.ts";
import { target } from "./member.ts";
import type { Reader } from "./reader.ts";

const COMMAND = /\bInvoke-(?:WebRequest|RestMethod)\b/gi;
const MOST_COMMANDS = 100;

/** `Invoke-WebRequest`, as browsers' "Copy as PowerShell" writes it, or with variables that are set before. */
export const powershell: Reader = {
  format: 'PowerShell (Invoke-WebRequest; "Copy as PowerShell")',
  read({ text }) {
    const starts = [...text.matchAll(COMMAND)].slice(0, MOST_COMMANDS);
    if (starts.length === 0) return undefined;
    const variables = new Map<string, unknown>();
    let place = 0;
    return starts.map((start, index) => {
      assign(variables, text, place, start.index);
      place = starts[index + 1]?.index ?? text.length;
      return requestOf(parameters(text.slice(0, place), start.index + start[0].length, variables));
    });
  },
};

function requestOf(given: ReadonlyMap<string, unknown>): CapturedRequest {
  const headers = headersOfJson(given.get("headers")) ?? [];
  const contentType = given.get("contenttype");
  const uri = given.get("uri");
  const method = given.get("method");
  const body = given.get("body");
  const request = {
    ...target(typeof method === "string" ? method : undefined, typeof uri === "string" ? uri : undefined),
    headers: typeof contentType === "string" ? [...headers, ["Content-Type", contentType] as const] : headers,
    body: typeof body === "string" ? utf8.encode(body) : new Uint8Array(0),
    ...(given.has("body") ? {} : { notShown: NO_BODY }),
  };
  if (isObject(given.get("headers")) && (typeof body === "string" || !given.has("body"))) return request;
  throw new UnreadableCaptureError(
    "its headers or its body are not written out in the command, or it may have been cut",
  );
}

/** Browsers write the body last. */
const NO_BODY = {
  headers: "The command has no -Body at its end, so it may have been cut.",
  body: "The command has no -Body.",
};

/** `-Name value` up to the end of the command. */
function parameters(
  text: string,
  start: number,
  variables: ReadonlyMap<string, unknown>,
): Map<string, unknown> {
  const given = new Map<string, unknown>();
  const reading = new Reading(text, start, variables);
  for (;;) {
    reading.skip();
    const name = reading
      .take(/-(\w+)[ \t:]*/y)
      ?.replace(/[-\s:]/g, "")
      .toLowerCase();
    if (name === undefined) {
      // The URL may come without a name.
      const value = reading.value(0);
      if (typeof value !== "string") return given;
      given.set("uri", value);
    } else if (reading.peek("-") || reading.atEnd) continue;
    else given.set(name, reading.value(0));
  }
}

/** `$name = value` at the beginning of a line. */
function assign(variables: Map<string, unknown>, text: string, from: number, to: number): void {
  const pattern = /^\s*\$(\w+)\s*=\s*/gm;
  pattern.lastIndex = from;
  for (let found = pattern.exec(text); found !== null && found.index < to; found = pattern.exec(text)) {
    const reading = new Reading(text, pattern.lastIndex, variables);
    const value = reading.value(0);
    if (value !== undefined) variables.set((found[1] ?? "").toLowerCase(), value);
    pattern.lastIndex = Math.max(pattern.lastIndex, reading.place);
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  "0": "\0",
  a: "\u0007",
  b: "\b",
  f: "\f",
  v: "\v",
};

class Reading {
  readonly #text: string;
  readonly #variables: ReadonlyMap<string, unknown>;
  place: number;

  constructor(text: string, place: number, variables: ReadonlyMap<string, unknown>) {
    this.#text = text;
    this.place = place;
    this.#variables = variables;
  }

  get atEnd(): boolean {
    return this.place >= this.#text.length;
  }

  peek(character: string): boolean {
    return this.#text[this.place] === character;
  }

  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.place;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.place += found.length;
    return found;
  }

  /** Blanks, and line ends behind a backtick. */
  skip(): void {
    this.take(/(?:[ \t]|`\r?\n)*/y);
  }

  /** Undefined where this is not a value that is written out. */
  value(level: number): unknown {
    if (level > MOST_PRINTED_LEVELS) return undefined;
    const here = this.take(/@"[ \t]*\r?\n|@'[ \t]*\r?\n|@\{|"|'|\(|\$\w+/y);
    if (here === undefined) return this.take(/[^\s`(){}@"'$;|,]+/y);
    if (here.startsWith("@{")) return this.#table(level);
    if (here.startsWith("@")) return this.#hereString(here.charAt(1));
    if (here === '"') return this.#expandable();
    if (here === "'") return this.#literal();
    if (here === "(") return this.#parenthesis(level);
    return this.#variables.get(here.slice(1).toLowerCase());
  }

  #table(level: number): unknown {
    const table: Record<string, unknown> = Object.create(null);
    for (;;) {
      this.take(/[\s;]*/y);
      if (this.take(/\}/y) !== undefined) return table;
      const name = this.value(level + 1);
      if (typeof name !== "string" || this.take(/\s*=\s*/y) === undefined) {
        // A name without quotes may end in the sign itself: `a=1`.
        const bare = typeof name === "string" ? /^([\w-]+)=(.*)$/.exec(name) : null;
        if (bare === null) return undefined;
        table[bare[1] ?? ""] = bare[2] === "" ? this.value(level + 1) : bare[2];
        continue;
      }
      table[name] = this.value(level + 1);
    }
  }

  /** `([System.Text.Encoding]::UTF8.GetBytes("..."))`, or a value in parentheses. */
  #parenthesis(level: number): unknown {
    this.take(/\s*\[(?:System\.)?Text\.Encoding\]::UTF8\.GetBytes(?=\()/iy);
    this.skip();
    const value = this.value(level + 1);
    return this.take(/\s*\)/y) === undefined ? undefined : value;
  }

  #literal(): string | undefined {
    let text = "";
    for (;;) {
      const end = this.#text.indexOf("'", this.place);
      if (end === -1) return this.#cut();
      text += this.#text.slice(this.place, end);
      this.place = end + 1;
      if (!this.peek("'")) return text;
      text += "'";
      this.place += 1;
    }
  }

  #expandable(): string | undefined {
    const parts: string[] = [];
    for (;;) {
      const part =
        this.take(/[^"`$]+/y) ??
        this.take(/""/y)?.slice(1) ??
        this.#escape() ??
        this.#character() ??
        // A variable within a string.
        (/\$[\w({]/y.test(this.#text.slice(this.place, this.place + 2)) ? undefined : this.take(/\$/y));
      if (part !== undefined) parts.push(part);
      else return this.take(/"/y) === undefined ? this.#cut() : parts.join("");
    }
  }

  #escape(): string | undefined {
    const character = this.take(/`./sy)?.charAt(1);
    return character === undefined ? undefined : (ESCAPES[character] ?? character);
  }

  /** `$([char]252)`. */
  #character(): string | undefined {
    const code = this.take(/\$\(\[char\]\d{1,6}\)/y)?.replace(/\D/g, "");
    return code === undefined ? undefined : String.fromCharCode(Number(code));
  }

  #hereString(quote: string): string | undefined {
    const end = this.#text.indexOf(`\n${quote}@`, this.place);
    if (end === -1) return this.#cut();
    const text = this.#text.slice(this.place, end).replace(/\r$/, "");
    this.place = end + 3;
    return text;
  }

  #cut(): undefined {
    this.place = this.#text.length;
    return undefined;
  }
}
