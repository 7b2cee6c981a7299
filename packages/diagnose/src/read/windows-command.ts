import { UnreadableCaptureError } from "./error.ts";

/** Whether a command is quoted for `cmd.exe`: `^"` around arguments, `^` at the end of lines. */
export function isForWindows(command: string): boolean {
  return /\^"|\^\r?\n/.test(command);
}

/**
 * The arguments of a command for Windows: first as `cmd.exe` reads the line (`^` escapes, outside quotes), then as programs
 * split what they get from it (`\"` within quotes). Browsers double every backslash, which programs undo in front of a quote
 * only; here all of it is undone, since the request that was copied is asked for.
 *
 * @throws {UnreadableCaptureError} where the browser that copied it has lost letters, or a quote is not closed
 */
export function windowsWords(command: string): string[] {
  const line = unescapedByCmd(command);
  const isDoubled = command.includes('^"');
  const words: string[] = [];
  let word: string | undefined;
  let quoted = false;
  for (let place = 0; place < line.length; place += 1) {
    const character = line[place] ?? "";
    if (character === "\\") {
      const run = /\\+/y;
      run.lastIndex = place;
      const count = run.exec(line)?.[0].length ?? 1;
      const isBeforeQuote = line[place + count] === '"';
      const kept = isBeforeQuote || isDoubled ? Math.floor(count / 2) : count;
      word = (word ?? "") + "\\".repeat(kept) + (isBeforeQuote && count % 2 === 1 ? '"' : "");
      place += count - 1 + (isBeforeQuote && count % 2 === 1 ? 1 : 0);
    } else if (character === '"') {
      word ??= "";
      quoted = !quoted;
    } else if (!quoted && /\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + character;
  }
  if (quoted) throw new UnreadableCaptureError("a quote is not closed, so the command may have been cut");
  if (word !== undefined) words.push(word);
  return words;
}

/** One line, as `cmd.exe` hands it to the program. A line break that is not escaped ends the command. */
function unescapedByCmd(command: string): string {
  let quoted = false;
  let line = "";
  for (let place = 0; place < command.length; place += 1) {
    const character = command[place];
    if (character === '"') quoted = !quoted;
    if (character === "\n" || character === "\r") break;
    if (character !== "^" || quoted) {
      line += character;
      continue;
    }
    const breaks = /\r?\n/y;
    breaks.lastIndex = place + 1;
    const lineBreak = breaks.exec(command)?.[0] ?? "";
    place += 1 + lineBreak.length;
    // After the end of a line, the next character is the escaped one.
    const escaped = command[place] ?? "";
    if (lineBreak === "" && escaped === " ") {
      throw new UnreadableCaptureError(
        'the browser put spaces in place of letters outside ASCII, as "Copy as cURL (cmd)" does; copy it as cURL (bash)',
      );
    }
    line += escaped === "\r" ? "\n" : escaped;
    if (escaped === "\r" && command[place + 1] === "\n") place += 1;
  }
  return line;
}
