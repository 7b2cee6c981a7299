import { parseArgs } from "node:util";
import { split } from "shlex";
import { utf8 } from "../body/bytes.ts";
import { CURL_CHARACTERS, CURL_WORDS } from "../bounds.ts";
import type { CapturedRequest } from "../captured-request.ts";
import { concat } from "../encoding.ts";
import { UnreadableCaptureError } from "./error.ts";
import { headerLines } from "./header-text.ts";
import { target } from "./member.ts";
import { isForWindows, windowsWords } from "./windows-command.ts";

const AMPERSAND = utf8.encode("&");

const text = { type: "string", multiple: true } as const;
/** Options with a value that does not concern the request. They are listed so that the value is not taken for the URL. */
const PASSED_OVER = [
  "o:output",
  "m:max-time",
  "x:proxy",
  "E:cert",
  "w:write-out",
  "D:dump-header",
  "c:cookie-jar",
];
const OPTIONS = {
  header: { ...text, short: "H" },
  data: { ...text, short: "d" },
  "data-ascii": text,
  "data-raw": text,
  "data-binary": text,
  "data-urlencode": text,
  json: text,
  form: { ...text, short: "F" },
  request: { ...text, short: "X" },
  url: text,
  user: { ...text, short: "u" },
  "user-agent": { ...text, short: "A" },
  referer: { ...text, short: "e" },
  cookie: { ...text, short: "b" },
  "connect-timeout": text,
  cacert: text,
  key: text,
  ...Object.fromEntries(
    PASSED_OVER.map((option) => [option.slice(2), { ...text, short: option.slice(0, 1) }]),
  ),
};

/** Behind a prompt, or at the beginning of a line: `$ curl`, `C:\>curl`, `PS> curl.exe`. */
const COMMAND = /^(?:[^\n{]{0,80}[$#%>❯➜✗λ][ \t]*)?curl(?:\.exe)?[ \t^\\]/m;

/** The first curl command in a text, up to the end of the text. */
export function curlCommandIn(text: string): string | undefined {
  const found = COMMAND.exec(text);
  return found === null ? undefined : text.slice(found.index + found[0].lastIndexOf("curl"));
}

/** Reads a file that a curl command names (`--data @body.json`). May throw, as `readFileSync` does. */
export type ReadFile = (path: string) => Uint8Array;

/**
 * Reads a curl command as browsers, dashboards and API clients copy it for a POSIX shell.
 *
 * @param readFile for the files that the command names. Left out, such a command is unreadable, so that a command from a
 *   stranger opens no file
 * @throws {UnreadableCaptureError} where the text is not a curl command, or does not give the bytes of the body
 *
 * @example
 * ```ts
 * const request = readCurl(command, readFileSync);
 * ```
 */
export function readCurl(command: string, readFile?: ReadFile): CapturedRequest {
  const words = shellWords(command);
  if (words.length > CURL_WORDS)
    throw new UnreadableCaptureError(`the command has ${words.length} words; at most ${CURL_WORDS} are read`);
  const start = words.findIndex((word) => /(?:^|\/)curl(?:\.exe)?$/.test(word));
  if (start === -1) throw new UnreadableCaptureError("it holds no curl command");
  const { values, positionals } = parsed(words.slice(start + 1));
  const given = textsOf(values);
  if (given.form !== undefined || given["data-urlencode"] !== undefined) {
    throw new UnreadableCaptureError(
      "the command sends a form (-F or --data-urlencode); mintfax's deliveries are JSON",
    );
  }
  const parts = [...dataOf(given, readFile)];
  const url = given.url?.[0] ?? positionals.find((word) => /^https?:|^[\w.-]+[:/]/.test(word));
  const method = given.request?.at(-1) ?? (parts.length > 0 ? "POST" : undefined);
  return {
    ...target(method, url),
    headers: headerLines(given.header ?? []),
    body: concat(parts.flatMap((part, index) => (index === 0 ? [part] : [AMPERSAND, part]))),
    ...(parts.length > 0 ? {} : { notShown: NO_DATA }),
  };
}

/** Browsers write the data last. */
const NO_DATA = {
  headers: "The command has no --data at its end, so it may have been cut.",
  body: "The command has no --data, which is where the body would be.",
};

/** The values of each option. An option at the end of a command that was cut has none. */
function textsOf(
  values: ReturnType<typeof parseArgs>["values"],
): Readonly<Record<string, readonly string[] | undefined>> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const texts = [value].flat().filter((text) => typeof text === "string");
      return [name, texts.length === 0 ? undefined : texts];
    }),
  );
}

function parsed(args: string[]): ReturnType<typeof parseArgs> {
  try {
    return parseArgs({ args, options: OPTIONS, strict: false, allowPositionals: true, tokens: false });
  } catch {
    // Thousands of letters behind one hyphen are an option each.
    throw new UnreadableCaptureError("the command has options that curl does not have");
  }
}

function* dataOf(
  given: Readonly<Record<string, readonly string[] | undefined>>,
  readFile: ReadFile | undefined,
): Generator<Uint8Array> {
  // For these two options only, curl drops line breaks from files.
  for (const value of [...(given.data ?? []), ...(given["data-ascii"] ?? [])]) {
    const bytes = contentOf(value, readFile);
    yield value.startsWith("@") ? bytes.filter((byte) => byte !== 0x0a && byte !== 0x0d) : bytes;
  }
  for (const value of [...(given["data-binary"] ?? []), ...(given.json ?? [])])
    yield contentOf(value, readFile);
  for (const value of given["data-raw"] ?? []) yield utf8.encode(value);
}

function contentOf(value: string, readFile: ReadFile | undefined): Uint8Array {
  if (!value.startsWith("@")) return utf8.encode(value);
  const file = value.slice(1);
  if (file === "-") {
    throw new UnreadableCaptureError("the command sends its standard input; put the body into a file");
  }
  if (readFile === undefined) {
    throw new UnreadableCaptureError(
      `the command sends the file ${file}; put the body itself into the command`,
    );
  }
  try {
    return readFile(file);
  } catch (error) {
    const { code, name } = error as NodeJS.ErrnoException;
    throw new UnreadableCaptureError(
      `the command sends the file ${file}, which cannot be read (${code ?? name})`,
    );
  }
}

function shellWords(command: string): string[] {
  if (command.length > CURL_CHARACTERS) {
    throw new UnreadableCaptureError(
      `the command has ${command.length} characters; at most ${CURL_CHARACTERS} are read`,
    );
  }
  const [ended, isWindows] = [commandOf(command), isForWindows(command)];
  if (isWindows) return windowsWords(command);
  try {
    return split(withCharacters(ended.replaceAll("\\\r\n", "\\\n")));
  } catch {
    throw new UnreadableCaptureError("a quote is not closed, so the command may have been cut");
  }
}

/** Up to the line break that ends it: what a terminal shows behind it is not a part of it. */
function commandOf(text: string): string {
  const start = /^\s*/.exec(text)?.[0].length ?? 0;
  let quote = "";
  for (let place = start; place < text.length; place += 1) {
    const character = text[place] ?? "";
    if (character === "\\" && quote !== "'") {
      place += text[place + 1] === "\r" ? 2 : 1;
    } else if (quote !== "") {
      if (character === quote.at(-1)) quote = "";
    } else if (character === '"' || character === "'") {
      // `$'...'` has escapes too.
      quote = character === "'" && text[place - 1] === "$" ? "$'" : character;
    } else if (character === "\n") return text.slice(0, place);
  }
  return text;
}

/** In `$'...'`, bash writes UTF-8 byte by byte (`\303\251`, `\xc3\xa9`), where the splitter makes a character of each. */
function withCharacters(command: string): string {
  if (!command.includes("$'")) return command;
  return command.replace(/(?:\\x[89a-f][0-9a-f]|\\[23][0-7]{2})+/gi, (run) => {
    const bytes = run.split("\\").slice(1);
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(
      Uint8Array.from(bytes, (byte) =>
        byte.startsWith("x") ? Number.parseInt(byte.slice(1), 16) : Number.parseInt(byte, 8),
      ),
    );
  });
}
