import type { IncomingMessage } from "node:http";
import type { CapturedRequest } from "@mintfax-webhooks/diagnose";

/** One captured request, and exactly its findings. */
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

/** A request as a server's code has it: the headers as they arrived, and what the code uses as the body. */
export function inHand(req: IncomingMessage, body: Uint8Array | string): CapturedRequest {
  const headers = req.rawHeaders.flatMap((name, index): [string, string][] =>
    index % 2 === 0 ? [[name, req.rawHeaders[index + 1] ?? ""]] : [],
  );
  const { method = "", url = "" } = req;
  return { method, url, headers, body: typeof body === "string" ? Buffer.from(body) : body };
}

/** Resolves to the request that a handler captured. */
export class Caught {
  readonly promise: Promise<CapturedRequest>;
  resolve!: (request: CapturedRequest) => void;

  constructor() {
    this.promise = new Promise((resolve) => {
      this.resolve = resolve;
    });
  }
}
