import { jsonOf } from "../body/bytes.ts";
import type { CapturedRequest } from "../captured-request.ts";
import { requestsIn } from "./json-value.ts";
import type { Reader } from "./reader.ts";

/** JSON, with or without a time, a level or an id in front on its line. */
export const logLines: Reader = {
  format: "lines of a log with JSON (pino, pino-http, CloudWatch)",
  read({ text }) {
    const found: CapturedRequest[] = [];
    for (const line of text.split(/\r?\n/)) {
      const start = line.indexOf("{");
      if (start === -1) continue;
      const value = jsonOf(line.slice(start));
      if (value === undefined) continue;
      for (const request of requestsIn(value)) found.push(request);
    }
    return found.length > 0 ? found : undefined;
  },
};
