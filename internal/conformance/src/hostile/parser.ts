import { chunked, type Draft, declaring, inSteps, requestOf } from "./draft.ts";
import type { RawRequest } from "./raw-http.ts";

/** A request that Node's own parser refuses before any of our code runs. */
export interface ParserRow {
  readonly name: string;
  readonly request: RawRequest;
  /** Undefined where Node hangs up without an answer. */
  readonly status: number | undefined;
}

const FORGED = `v1,${"A".repeat(43)}=`;

/** What is not HTTP, or too much of it. */
export const PARSER_ROWS: readonly ParserRow[] = [
  row("a NUL in the id", 400, { id: "evt_\0" }),
  row("a control character in the id", 400, { id: "evt_\x01" }),
  row("a lone CR in the id", 400, { id: "evt_\r1" }),
  row("a lone LF in the id", 400, { id: "evt_\nx" }),
  row("a NUL in the signature", 400, { signature: (mac) => `v1,${mac}\0` }),
  // Threat: T11
  row("a blank before the colon", 400, { headers: { "x-blank ": "1" } }),
  // Threat: T10, T11
  {
    name: "a length behind a blank",
    request: inSteps({}, ({ head, bytes }) => [
      Buffer.from(head.toString().replace("\r\n", "\r\n content-length: 10\r\n")),
      bytes,
    ]),
    status: 400,
  },
  row("a header without a name", 400, { headers: { "": "1" } }),
  row("a length that is no number", 400, { framing: declaring("many") }),
  row("a negative length", 400, { framing: declaring("-1") }),
  row("a length with a plus", 400, { framing: declaring("+10") }),
  row("a length in hexadecimal", 400, { framing: declaring("0x10") }),
  row("a length beyond 64 bits", 400, { framing: declaring("99999999999999999999999") }),
  row("two lengths", 400, { headers: { "content-length": "10" } }),
  // Threat: T10, T11
  row("a length and chunks, the way requests are smuggled", 400, {
    headers: { "content-length": "10" },
    framing: chunked(),
  }),
  row("a transfer coding behind chunked", 400, {
    headers: { "transfer-encoding": "chunked, gzip" },
    framing: (body) => ({ headers: [], bytes: body }),
  }),
  row("1,000 whole tokens", 431, { signature: () => Array<string>(1_000).fill(FORGED).join(" ") }),
  row("20,000 characters of id", 431, { id: "i".repeat(20_000) }),
  row("another expectation", 417, { headers: { expect: "a-miracle" } }),
  row("no Host", 400, { headers: { host: null } }),
  row("a method in lower case", 400, { method: "post" }),
  row("an unknown method", 400, { method: "FAX" }),
  row("CONNECT", undefined, { method: "CONNECT" }),
  {
    name: "no HTTP at all",
    request: { steps: [Buffer.from("\x16\x03\x01\x02\x00 hello\r\n\r\n")] },
    status: 400,
  },
];

function row(name: string, status: number | undefined, draft: Draft): ParserRow {
  return { name, request: requestOf(draft), status };
}
