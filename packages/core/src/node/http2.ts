import type { ServerResponse } from "node:http";
import type { Http2ServerResponse, ServerHttp2Stream } from "node:http2";

/** The stream of an answer over HTTP/2. Not by the request's version: over HTTP/1 its sender writes that. */
export function http2StreamOf(res: ServerResponse): ServerHttp2Stream | undefined {
  return "stream" in res ? (res as unknown as Http2ServerResponse).stream : undefined;
}
