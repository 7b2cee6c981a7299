import { isObject } from "../body/bytes.ts";
import { MOST_FALSE_STARTS, MOST_PRINTED } from "../bounds.ts";
import type { CapturedRequest } from "../captured-request.ts";
import { hasOurs } from "./choose.ts";
import { requestsIn } from "./json-value.ts";
import { literalAt } from "./literal.ts";
import type { Reader } from "./reader.ts";
import { withBody } from "./record-body.ts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a style begins with
const STYLE = /\u001b\[[\d;]*m/g;

/** What `console.log` prints of a request, an event or its headers (`util.inspect`), Python's `print` likewise, and JSON over several lines. */
export const inspected: Reader = {
  format: "what console.log prints of a request, or of its headers and its body",
  read(capture) {
    const found: CapturedRequest[] = [];
    for (const printed of printedValues(capture.text.replace(STYLE, ""))) {
      // Out of a larger value that was cut, an entry that is not ours says nothing of ours.
      const requests = requestsIn(printed.value).filter((request) => printed.isWhole || hasOurs(request));
      const last = found.at(-1);
      if (requests.length > 0) for (const request of requests) found.push(request);
      else if (last?.notShown?.body !== undefined && last.body.length === 0 && isBody(printed)) {
        found[found.length - 1] = printed.isWhole
          ? { ...last, ...withBody(last.headers, bodyOf(printed), false) }
          : {
              ...last,
              notShown: {
                ...last.notShown,
                body: "Its body is cut, or printed in a way that cannot be undone.",
              },
            };
      }
    }
    return found.length > 0 ? found : undefined;
  },
};

/** A value in a text, and the text that it was read from. */
interface Printed {
  readonly value: unknown;
  readonly text: string;
  /** It ends where it seems to, and no larger value was cut before it, of which it may be a part. */
  readonly isWhole: boolean;
}

/** Behind headers, other objects may be printed than the body. */
function isBody({ value }: Printed): boolean {
  if (typeof value === "string") return true;
  return isObject(value) && ["id", "type", "created", "data"].filter((name) => name in value).length > 1;
}

/** JSON is taken as it stands; a string or an object as its value. */
function bodyOf({ value, text }: Printed): unknown {
  if (typeof value === "string") return value;
  try {
    JSON.parse(text);
    return text;
  } catch {
    return value;
  }
}

/** Some loggers print texts with their quotes not escaped. */
function isEndOfLine(text: string, place: number): boolean {
  const end = /[ \t,]*(?:\r?\n|$)/y;
  end.lastIndex = place;
  return end.test(text);
}

/** The values in a text, one after the other. */
function* printedValues(text: string): Generator<Printed> {
  let falseStarts = 0;
  let values = 0;
  let isWhole = true;
  // A body that is a string begins its line, or stands behind a label.
  const begins = /[{[]|<Buffer |(?<=^|:\s?)(?:b?["']|`)(?=\s*\{)/gm;
  for (let found = begins.exec(text); found !== null; found = begins.exec(text)) {
    const literal = literalAt(text, found.index);
    if (literal === undefined || literal === "cut") {
      isWhole = false;
      falseStarts += 1;
      if (falseStarts > MOST_FALSE_STARTS) return;
      continue;
    }
    values += 1;
    if (values > MOST_PRINTED) return;
    const endsHere = typeof literal.value !== "string" || isEndOfLine(text, literal.end);
    yield { value: literal.value, text: text.slice(found.index, literal.end), isWhole: isWhole && endsHere };
    begins.lastIndex = Math.max(literal.end, begins.lastIndex);
  }
}
