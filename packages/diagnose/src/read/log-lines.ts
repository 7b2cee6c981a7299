import { jsonOf } from "../body/bytes.ts";
import { MOST_UNMARKED_LINES } from "../bounds.ts";
import type { CapturedRequest } from "../captured-request.ts";
import { requestsIn } from "./json-value.ts";
import type { Reader } from "./reader.ts";

/** In a log of a day, the other lines would take most of the time. */
const MARK = /webhook|svix|mintfax/i;

/** JSON, with or without a time, a level or an id in front on its line. */
export const logLines: Reader = {
  format: "lines of a log with JSON (pino, pino-http, CloudWatch)",
  read({ text }) {
    const found: CapturedRequest[] = [];
    const lines = text.split(/\r?\n/);
    const marked = lines.filter((line) => MARK.test(line));
    for (const line of marked.length > 0 ? marked : lines.slice(0, MOST_UNMARKED_LINES)) {
      const start = line.indexOf("{");
      if (start === -1) continue;
      const value = jsonOf(line.slice(start));
      if (value === undefined) continue;
      for (const request of requestsIn(value)) found.push(request);
    }
    // A body may be printed on a line of its own, behind its headers.
    return found.some(({ body }) => body.length > 0) ? found : undefined;
  },
};
