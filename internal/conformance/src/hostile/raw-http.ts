import { connect } from "node:net";

/** A piece of a request: bytes as they go on the wire, or something to wait for before the next piece. */
export type Step = Uint8Array | "wait for 100 Continue" | "wait until the server has the headers";

/** A request as the bytes that go on the wire. */
export interface RawRequest {
  readonly steps: readonly Step[];
  /** What follows the last step. `await answer` leaves the connection open. */
  readonly ending?: "await answer" | "half-close" | "reset";
  /** The answer to HEAD has a Content-Length and no body. */
  readonly bodiless?: boolean;
  /** What the answer must not hold. */
  readonly neverEcho?: readonly string[];
}

/** What a server sent back. */
export interface RawAnswer {
  /** Statuses before the real one, such as 100. */
  readonly interim: readonly number[];
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** What came of one connection. */
export interface Exchange {
  /** Undefined where the connection ended without one. */
  readonly answer: RawAnswer | undefined;
  /** Every byte the server sent. */
  readonly text: string;
}

/**
 * Sends exact bytes over a connection of its own and reads the answer. No HTTP client would send most of them.
 *
 * @param headersArrived resolves once the server has taken notice of the request
 */
export function exchange(
  port: number,
  request: RawRequest,
  headersArrived?: Promise<unknown>,
): Promise<Exchange> {
  const { steps, ending = "await answer", bodiless = false } = request;
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let text = "";
    let continued!: () => void;
    const mayContinue = new Promise<void>((open) => {
      continued = open;
    });
    function finish(ended: boolean): void {
      const answer = parse(text, bodiless, ended);
      if (answer === undefined && !ended) return;
      socket.destroy();
      resolve({ answer, text });
    }
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      if (text.startsWith("HTTP/1.1 100 ")) continued();
      finish(false);
    });
    socket.on("close", () => finish(true));
    // A server may hang up on what it is sent; the answer, or that there was none, is what counts.
    socket.on("error", () => {});
    void send();

    async function send(): Promise<void> {
      for (const step of steps) {
        if (step === "wait for 100 Continue") await mayContinue;
        else if (step === "wait until the server has the headers") await headersArrived;
        else if (!socket.destroyed) await new Promise<void>((written) => socket.write(step, () => written()));
      }
      if (ending === "half-close") socket.end();
      if (ending === "reset") socket.resetAndDestroy();
    }
  });
}

/**
 * Sends the start of a request, waits for the answer, then writes the rest all the same, as a sender does that has
 * not looked yet. Resolves with how the connection ended: `end`, or the code of the error.
 */
export function writeOn(
  port: number,
  start: Uint8Array,
  rest: Uint8Array,
): Promise<{ readonly answer: RawAnswer | undefined; readonly ending: string }> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let text = "";
    let answer: RawAnswer | undefined;
    const finish = (ending: string): void => {
      socket.destroy();
      resolve({ answer, ending });
    };
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      if (answer !== undefined) return;
      answer = parse(text, false, false);
      if (answer !== undefined) socket.write(rest);
    });
    socket.on("end", () => finish("end"));
    socket.on("error", (error: NodeJS.ErrnoException) => finish(error.code ?? error.message));
    socket.write(start);
  });
}

/** The answer, once all of it is there. */
function parse(text: string, bodiless: boolean, ended: boolean): RawAnswer | undefined {
  const interim: number[] = [];
  for (let rest = text; ; ) {
    const headEnd = rest.indexOf("\r\n\r\n");
    if (headEnd === -1) return undefined;
    const [statusLine = "", ...lines] = rest.slice(0, headEnd).split("\r\n");
    const status = Number(statusLine.split(" ")[1]);
    rest = rest.slice(headEnd + 4);
    if (status < 200) {
      interim.push(status);
      continue;
    }
    const headers = new Map(
      lines.map((line) => {
        const colon = line.indexOf(":");
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      }),
    );
    // Without a length, as in the answers of Node's own parser, the end of the connection ends the body.
    const untilEnd = ended || headers.get("transfer-encoding") ? rest.length : Number.NaN;
    const length = bodiless ? 0 : Number(headers.get("content-length") ?? untilEnd);
    return rest.length >= length ? { interim, status, headers, body: rest.slice(0, length) } : undefined;
  }
}
