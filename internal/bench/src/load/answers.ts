/** As much of an HTTP/1.1 answer as a load generator has to look at. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  /** The server will close the connection. */
  readonly closes: boolean;
}

const LENGTH = /\r\ncontent-length: *(\d+)/i;
const CHUNKED = /\r\ntransfer-encoding: *chunked/i;
const CLOSES = /\r\nconnection: *close/i;

/**
 * @param text everything received since the request was sent, one character a byte
 * @returns undefined while some of the answer is yet to come
 */
export function parseAnswer(text: string): HttpAnswer | undefined {
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd === -1) return undefined;
  const head = text.slice(0, headEnd);
  const rest = text.slice(headEnd + 4);
  const body = CHUNKED.test(head) ? joinChunks(rest) : wholeBody(rest, Number(LENGTH.exec(head)?.[1] ?? 0));
  if (body === undefined) return undefined;
  return { status: Number(head.slice(9, 12)), body, closes: CLOSES.test(head) };
}

function wholeBody(text: string, length: number): string | undefined {
  return text.length < length ? undefined : text;
}

/** @returns undefined until the last chunk has come */
function joinChunks(text: string): string | undefined {
  let body = "";
  for (let at = 0; ; ) {
    const lineEnd = text.indexOf("\r\n", at);
    if (lineEnd === -1) return undefined;
    const length = Number.parseInt(text.slice(at, lineEnd), 16);
    const end = lineEnd + 2 + length + 2;
    if (end > text.length) return undefined;
    if (length === 0) return body;
    body += text.slice(lineEnd + 2, end - 2);
    at = end;
  }
}

/** What an answer has to be. */
export interface Expected {
  readonly status: number;
  /** Part of the body. */
  readonly contains: string;
}

export function isExpected({ status, body }: HttpAnswer, expected: Expected): boolean {
  return status === expected.status && body.includes(expected.contains);
}
