import { type Finding, proven } from "./finding.ts";
import { listed } from "./headers/listed.ts";
import type { Part } from "./headers/part.ts";

/** The texts of findings about the capture, of which the request knows nothing. */

/** @param hint what the capture looks like, as a sentence with a space behind it, or empty */
export function notRecognised(hint: string): Finding {
  return proven("capture_not_recognised", {
    what: "Not recognised: this is in none of the formats that can be read.",
    why: `${hint || "It has no mark of any of them. "}So nothing is known about the request.`,
    fix: "Paste the whole request, headers and body, in one of these formats; or give headers and body as two files.",
    example: "mintfax-webhooks diagnose --headers headers.txt --body body.json",
  });
}

/** @param why how its reader put it, as the end of a sentence about the capture */
export function notReadable(why: string): Finding {
  return proven("capture_incomplete", {
    what: "This capture does not give the request. Nothing was checked.",
    why: `${why.charAt(0).toUpperCase()}${why.slice(1)}.`,
    fix: "Capture the request again, with all of its headers and its body.",
  });
}

export function bodyNotShown(why: string): Finding {
  return proven("capture_incomplete", {
    what: "The capture does not show the body, so the signature cannot be checked.",
    why,
    fix: "Add the body to the capture, byte for byte, or give headers and body as two files.",
    example: "mintfax-webhooks diagnose --headers headers.txt --body body.json",
  });
}

export function headersNotShown(parts: readonly Part[], why: string): Finding {
  return proven("capture_incomplete", {
    what: `The capture does not show ${listed(parts.map((part) => `webhook-${part}`))}.`,
    why: `${why} So they may have arrived.`,
    fix: "Copy all headers of the request, the first line included.",
  });
}

export function holdsSeveral(requests: number, taken: number): Finding {
  return proven("capture_holds_several", {
    what: `The capture holds ${requests} requests with webhook-* headers. This is about number ${taken}.`,
    why: "The first one that has all three headers and a body is taken.",
    fix: "To diagnose another one, leave only that one in the file.",
  });
}

export function bodyWasParsed(): Finding {
  return proven("capture_body_parsed", {
    what: "The capture holds the body as an object, not as the text that arrived.",
    why: "It was written out as JSON.stringify does. mintfax signs the bytes, which a parsed body does not keep.",
    fix: "Log the body as text or base64, before it is parsed.",
    example: 'rawBody: bytes.toString("base64")',
  });
}

export function lambdaBodyBase64(): Finding {
  return proven("lambda_body_base64", {
    what: "In this event the body is base64 (isBase64Encoded). It was decoded for this check.",
    why: "Code that verifies event.body as it is sees other bytes than mintfax signed.",
    fix: "Decode the body before the check, or use the receiver of @mintfax-webhooks/lambda, which does.",
    example: 'Buffer.from(event.body, event.isBase64Encoded ? "base64" : "utf8")',
  });
}

export function lambdaHeadersTwice(): Finding {
  return proven("lambda_headers_twice", {
    what: "This event has each header twice: in headers and in multiValueHeaders.",
    why: "Code that passes both on makes every header arrive twice, and a receiver refuses that as header_repeated.",
    fix: "Read multiValueHeaders where it is there, and headers otherwise.",
    example: "const headers = event.multiValueHeaders ?? event.headers;",
  });
}
