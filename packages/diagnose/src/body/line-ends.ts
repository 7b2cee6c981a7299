import { bytesOfLatin1, concat, latin1Of } from "../encoding.ts";
import type { FindingCode } from "../finding.ts";
import { utf8 } from "./bytes.ts";

/** The body as it may have been before one small change. */
export interface Edit {
  readonly code: FindingCode;
  readonly bytes: Uint8Array;
}

/** Whitespace characters that may have been added at the end. */
const MOST_BLANKS = 16;

const BOM = Uint8Array.of(0xef, 0xbb, 0xbf);
const LINE_FEED = utf8.encode("\n");
const CRLF = utf8.encode("\r\n");

/** A byte order mark removed or restored. */
export function bomEdits(body: Uint8Array): Edit[] {
  return BOM.every((byte, index) => body[index] === byte)
    ? [{ code: "body_bom_added", bytes: body.subarray(BOM.length) }]
    : [{ code: "body_bom_removed", bytes: concat([BOM, body]) }];
}

/** CRLF for LF, or the other way round. Byte by byte: the body need not be text. */
export function lineEndingEdits(body: Uint8Array): Edit[] {
  const latin1 = latin1Of(body);
  const edits = [latin1.replaceAll("\r\n", "\n"), latin1.replaceAll(/\r?\n/g, "\r\n")]
    .filter((text) => text !== latin1)
    .map((text): Edit => ({ code: "body_line_endings_changed", bytes: bytesOfLatin1(text) }));
  return edits;
}

/** Whitespace at the end removed, or a line break restored. */
export function endEdits(body: Uint8Array): Edit[] {
  const edits: Edit[] = [];
  for (let end = body.length - 1; edits.length < MOST_BLANKS && end >= 0 && isBlank(body[end]); end -= 1) {
    edits.push({ code: "body_trailing_newline_added", bytes: body.subarray(0, end) });
  }
  for (const tail of [LINE_FEED, CRLF]) {
    edits.push({ code: "body_trailing_newline_removed", bytes: concat([body, tail]) });
  }
  return edits;
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}
