import type { RequestListener } from "node:http";
import type { Expected } from "../load/answers.ts";
import type { Kind } from "../load/requests.ts";

/** A server under test: what it is called, what it is sent, and what it has to answer. */
export interface Contestant {
  readonly label: string;
  /** Contestants of one framework share it. */
  readonly group: string;
  readonly kind: Kind;
  readonly expected: Expected;
  /** Whether every answer stands for one run of a handler. */
  readonly handles: boolean;
}

/** Takes the requests of a server. `count` is to be called by its handler, once for each run. */
export type MakeListener = (count: () => void) => RequestListener | Promise<RequestListener>;
