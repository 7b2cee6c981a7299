import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import type { VectorRequest } from "../vectors/request.ts";

/** A status line that starts an answer, behind the end of another one. Those below 200 only announce an answer. */
const STATUS = /HTTP\/1\.[01] ([2-5]\d\d)[ \r]/g;

/** What came back for requests that were sent one behind the other. */
export interface Pipelined {
  readonly statuses: readonly number[];
  /** Whether the server ended the connection. HTTP lets it do so after any answer; senders then send the rest again. */
  readonly isEnded: boolean;
}

/** Sends requests over one connection without waiting for answers, which hold no status line in their bodies. */
export function pipeline(
  url: URL,
  requests: readonly VectorRequest[],
  timeoutMs: number,
): Promise<Pipelined> {
  const isTls = url.protocol === "https:";
  const port = Number(url.port || (isTls ? 443 : 80));
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return new Promise((resolve) => {
    const socket = isTls ? connectTls({ host, port, servername: host }) : connect({ host, port });
    let text = "";
    const finish = (isEnded: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ statuses: [...text.matchAll(STATUS)].map(([, status]) => Number(status)), isEnded });
    };
    const timer = setTimeout(() => finish(false), timeoutMs);
    socket
      .on("data", (chunk) => {
        text += chunk.toString("latin1");
        if ([...text.matchAll(STATUS)].length >= requests.length) finish(false);
      })
      .on("error", () => finish(true))
      .on("close", () => finish(true));
    socket.write(Buffer.concat(requests.map((request) => bytesOf(url, request))));
  });
}

function bytesOf(url: URL, { method, headers, body }: VectorRequest): Uint8Array {
  const lines = [
    `${method} ${url.pathname}${url.search} HTTP/1.1`,
    `host: ${url.host}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    `content-length: ${body.length}`,
  ];
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), body]);
}
