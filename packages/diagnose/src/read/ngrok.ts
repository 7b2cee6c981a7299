import { isObject } from "../body/bytes.ts";
import type { CapturedRequest } from "../captured-request.ts";
import { bytesOfBase64 } from "../encoding.ts";
import { textIn } from "./member.ts";
import { requestOfRawHttp } from "./raw-http.ts";
import type { JsonReader } from "./reader.ts";

/** `GET /api/requests/http` of ngrok's agent, or one request of it. `raw` is the request as it came, in base64. */
export const ngrok: JsonReader = {
  format: "ngrok's inspector (its API at 127.0.0.1:4040/api/requests/http)",
  read({ requests, request }) {
    const entries: readonly unknown[] = Array.isArray(requests) ? requests : [{ request }];
    const found = entries.map(requestOf).filter((each) => each !== undefined);
    return found.length > 0 ? found : undefined;
  },
};

function requestOf(entry: unknown): CapturedRequest | undefined {
  const raw = isObject(entry) ? textIn(entry.request, "raw") : undefined;
  return raw === undefined ? undefined : requestOfRawHttp(bytesOfBase64(raw));
}
