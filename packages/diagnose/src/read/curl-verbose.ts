import type { CapturedRequest } from "../captured-request.ts";
import { curlCommandIn, readCurl } from "./curl.ts";
import { withoutCutLine } from "./cut-line.ts";
import { UnreadableCaptureError } from "./error.ts";
import { headerLines } from "./header-text.ts";
import type { Reader } from "./reader.ts";

const REQUEST_LINE = /^> ([A-Z]+) (\S+) HTTP\/[0-9.]+\s*$/;
const HEADER = /^> [!#$%&'*+.^_`|~0-9A-Za-z-]+:/;
const MOST_REQUESTS = 1_000;

interface Sent {
  readonly method?: string;
  readonly url?: string;
  readonly lines: string[];
  /** Whether the empty line behind the last header was seen. */
  isEnded: boolean;
}

/** What `curl -v` prints: `> ` in front of each header. The body is that of the command, where that was copied too. */
export const curlVerbose: Reader = {
  format: "the output of curl -v, with the command for the body",
  read({ text }, readFile) {
    const requests = sentIn(text);
    if (requests.length === 0) return undefined;
    const { body, notShown } = bodyOfCommand(text, readFile);
    return requests.map(({ lines, isEnded, ...first }): CapturedRequest => {
      const isWhole = first.method !== undefined && isEnded;
      const gap = isWhole ? {} : { headers: "Its first or its last lines may be cut off." };
      const headers = isEnded ? headerLines(lines) : withoutCutLine(headerLines(lines));
      return { ...first, headers, body, notShown: { ...gap, ...notShown } };
    });
  },
};

/** The requests, one for each request line; the first one may have lost it. */
function sentIn(text: string): Sent[] {
  const requests: Sent[] = [];
  // The last line may be cut: `>` of a header is not the empty line.
  for (const line of text.split(/\r?\n/).slice(0, -1)) {
    const [, method, url] = REQUEST_LINE.exec(line) ?? [];
    if (method !== undefined && url !== undefined) {
      if (requests.length === MOST_REQUESTS) break;
      requests.push({ method, url, lines: [], isEnded: false });
    } else if (HEADER.test(line)) {
      if (requests.length === 0) requests.push({ lines: [], isEnded: false });
      requests.at(-1)?.lines.push(line.slice(2));
    } else {
      const last = requests.at(-1);
      if (last !== undefined) last.isEnded ||= line.trim() === ">";
    }
  }
  return requests;
}

function bodyOfCommand(
  text: string,
  readFile: Parameters<Reader["read"]>[1],
): Pick<CapturedRequest, "body" | "notShown"> {
  const command = curlCommandIn(text);
  try {
    if (command !== undefined) return { body: readCurl(command, readFile).body };
  } catch (error) {
    if (!(error instanceof UnreadableCaptureError)) throw error;
    return {
      body: new Uint8Array(0),
      notShown: { body: `curl -v does not print the body, and of its command: ${error.message}.` },
    };
  }
  return {
    body: new Uint8Array(0),
    notShown: { body: "curl -v prints the headers that it sends, and not the body." },
  };
}
