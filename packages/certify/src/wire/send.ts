import { once } from "node:events";
import { type Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import type { VectorRequest } from "../vectors/request.ts";
import type { Answer } from "./answer.ts";

/** How a request goes over the wire. */
export interface SendOptions {
  readonly timeoutMs: number;
  /** Default: a connection of its own. */
  readonly agent?: Agent;
  /** Default: a `Content-Length`, and the body at once. */
  readonly body?: "chunked" | "in pieces" | "after 100 Continue" | "half of it";
}

/** No more of an answer is read, and no longer: its status is what counts, and some bodies never end. */
const READ_BYTES = 65_536;
const READ_MS = 1_000;
const PIECES = 5;
const BETWEEN_PIECES_MS = 20;
const CONTINUE_MS = 1_000;

/** Sends a request. Never rejects. */
export async function send(url: URL, request: VectorRequest, options: SendOptions): Promise<Answer> {
  const startedMs = performance.now();
  let sentBytes = 0;
  const { promise, resolve } = withResolvers<Omit<Answer, "durationMs" | "limitMs" | "sentBytes">>();
  const outgoing = open(url, request, options, (incoming) => {
    void readBeginning(incoming).then((text) =>
      resolve({ status: incoming.statusCode ?? null, text, error: null }),
    );
  });
  const fail = (error: string): void => resolve({ status: null, text: "", error });
  outgoing.on("error", (error: NodeJS.ErrnoException) => fail(error.code ?? error.name));
  const timer = setTimeout(() => fail("timeout"), options.timeoutMs);
  const writing = new AbortController();
  const written = write(outgoing, request.body, options.body, writing.signal, (bytes) => {
    sentBytes += bytes;
  }).catch(() => {});
  const came = await promise;
  clearTimeout(timer);
  writing.abort();
  if (options.agent === undefined || came.status === null) outgoing.destroy();
  await written;
  return { ...came, durationMs: performance.now() - startedMs, limitMs: options.timeoutMs, sentBytes };
}

function open(
  url: URL,
  { method, headers, body }: VectorRequest,
  { agent, body: way }: SendOptions,
  onAnswer: (incoming: IncomingMessage) => void,
): ClientRequest {
  const length =
    way === "chunked" ? ["transfer-encoding", "chunked"] : ["content-length", String(body.length)];
  const expect = way === "after 100 Continue" ? ["expect", "100-continue"] : [];
  const all = ["host", url.host, ...headers.flat(), ...(method === "GET" ? [] : length), ...expect];
  const start = url.protocol === "https:" ? httpsRequest : httpRequest;
  // A flat list keeps the order, and names that come twice.
  return start(
    url,
    { method, headers: all as unknown as Record<string, string>, agent: agent ?? false },
    onAnswer,
  );
}

async function write(
  outgoing: ClientRequest,
  body: Uint8Array,
  way: SendOptions["body"],
  signal: AbortSignal,
  sent: (bytes: number) => void,
): Promise<void> {
  if (way === "half of it") {
    outgoing.write(body.subarray(0, body.length / 2));
    return;
  }
  if (way === "after 100 Continue") {
    outgoing.flushHeaders();
    // A server that does not know it sends nothing; clients then go on.
    await Promise.race([once(outgoing, "continue", { signal }), sleep(CONTINUE_MS, undefined, { signal })]);
  }
  const pieces = way === "chunked" || way === "in pieces" ? PIECES : Math.ceil(body.length / READ_BYTES);
  const size = Math.ceil(body.length / Math.max(pieces, 1));
  for (let at = 0; at < body.length && !signal.aborted; at += size) {
    const piece = body.subarray(at, at + size);
    const room = outgoing.write(piece);
    sent(piece.length);
    if (!room) await once(outgoing, "drain", { signal });
    if (way !== undefined && way !== "after 100 Continue")
      await sleep(BETWEEN_PIECES_MS, undefined, { signal });
  }
  if (!signal.aborted) outgoing.end();
}

async function readBeginning(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  const timer = setTimeout(() => incoming.destroy(), READ_MS);
  try {
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > READ_BYTES) break;
    }
  } catch {
    // The status is the answer; its body may be cut off.
  } finally {
    clearTimeout(timer);
  }
  return `${incoming.rawHeaders.join("\n")}\n${Buffer.concat(chunks)}`;
}

/** `Promise.withResolvers` came with Node 22. */
function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
