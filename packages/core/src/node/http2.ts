import type { ServerResponse } from "node:http";
import type { Http2ServerResponse, ServerHttp2Stream } from "node:http2";

/** The stream of an answer over HTTP/2. The version of a request says nothing: over HTTP/1 it is what its sender wrote. */
export function http2StreamOf(res: ServerResponse): ServerHttp2Stream | undefined {
  return "stream" in res ? (res as unknown as Http2ServerResponse).stream : undefined;
}
