import type { IncomingMessage } from "node:http";
import type { CapturedRequest } from "@mintfax-webhooks/diagnose";

/** One captured request, and exactly what is to be found out about it. */
export interface Capture {
  readonly name: string;
  readonly verdict: "verified" | "explained" | "suspected" | "unexplained";
  readonly findings: readonly string[];
  readonly notes?: readonly string[];
  readonly secret?: string;
  /** Default: unknown. `now`: the moment at which it was captured. */
  readonly at?: "now";
  readonly capture: () => Promise<CapturedRequest>;
}

/** What a server has in its hands: the headers as they came, and whatever its code takes for the body. */
export function inHand(req: IncomingMessage, body: Uint8Array | string): CapturedRequest {
  const headers = req.rawHeaders.flatMap((name, index): [string, string][] =>
    index % 2 === 0 ? [[name, req.rawHeaders[index + 1] ?? ""]] : [],
  );
  const { method = "", url = "" } = req;
  return { method, url, headers, body: typeof body === "string" ? Buffer.from(body) : body };
}

/** Resolves to what a handler caught, once it has. */
export class Caught {
  readonly promise: Promise<CapturedRequest>;
  resolve!: (request: CapturedRequest) => void;

  constructor() {
    this.promise = new Promise((resolve) => {
      this.resolve = resolve;
    });
  }
}
