import { VARIED_BYTES } from "../bounds.ts";
import { bodyNotShown } from "../capture-words.ts";
import { type CapturedRequest, headerValues } from "../captured-request.ts";
import { type Finding, proven, suspected } from "../finding.ts";
import { bytesIn, isObject, jsonOf, textOf } from "./bytes.ts";
import { isOutOfOrder } from "./key-order.ts";

const BEFORE_PARSERS = "app.use(mintfaxWebhooks()); // before express.json()";

/** What a receiver refuses even where the signature matches. */
export function refusedAnyway(request: CapturedRequest): Finding[] {
  const findings: Finding[] = [];
  if (request.body.length > VARIED_BYTES) {
    findings.push(
      proven("body_too_large", {
        what: `The body has ${bytesIn(request.body.length)}; by default a receiver reads at most ${VARIED_BYTES}.`,
        why: "mintfax's events are far smaller. Answered with 413, body_too_large.",
        fix: "If the delivery is genuine, raise the limit.",
        example: `mintfaxWebhooks({ bodyLimitBytes: ${2 ** Math.ceil(Math.log2(request.body.length))} })`,
      }),
    );
  }
  const encoding = headerValues(request, "content-encoding").join(", ").toLowerCase();
  if (encoding !== "" && encoding !== "identity") {
    findings.push(
      proven("body_encoding_declared", {
        what: "The request has a Content-Encoding header, but mintfax sends its bodies uncompressed.",
        why: "Answered with 415, content_encoding_unsupported, before the body is read.",
        fix: "Find the proxy or gateway that compresses requests or leaves the header behind, and switch that off.",
      }),
    );
  }
  return findings;
}

/** What the body itself shows where no signature matched. The surest first. */
export function symptoms(request: CapturedRequest): Finding[] {
  const { body } = request;
  const notShown = request.notShown?.body;
  if (notShown !== undefined && (body.length === 0 || declaredLength(request) !== body.length))
    return [bodyNotShown(notShown)];
  if (body.length === 0) return [empty()];
  // `refusedAnyway` reports that it is too large.
  if (body.length > VARIED_BYTES) return [];
  const text = textOf(body);
  const value = jsonOf(text?.replace(/^\ufeff/, ""));
  if (text !== undefined && /^\[object \w+\]$/.test(text.trim())) return [objectPrinted()];
  if (text !== undefined && /^<Buffer [0-9a-f ]+\.\.\. \d+ more bytes>\s*$/.test(text))
    return [bufferPrinted()];
  const length = lengthDiffers(request, value !== undefined);
  if (length !== undefined) return [length];
  const findings: Finding[] = [];
  if (value === undefined && text?.trimStart().startsWith("{")) findings.push(cut(body.length));
  if (text?.includes("\ufffd")) findings.push(charsetLost());
  if (isObject(value)) {
    if (!looksLikeEnvelope(value)) findings.push(notTheEnvelope());
    else if (isOutOfOrder(value)) findings.push(reordered());
  }
  return findings;
}

/** Whether this has the shape of mintfax's bodies. */
export function looksLikeEnvelope(value: unknown): value is Record<string, unknown> {
  return (
    isObject(value) && typeof value.id === "string" && typeof value.type === "string" && isObject(value.data)
  );
}

function declaredLength(request: CapturedRequest): number {
  return Number(headerValues(request, "content-length")[0] ?? Number.NaN);
}

function lengthDiffers(request: CapturedRequest, isJson: boolean): Finding | undefined {
  const declared = declaredLength(request);
  const received = request.body.length;
  if (!Number.isInteger(declared) || declared === received) return undefined;
  const why = `Content-Length says ${bytesIn(declared)}, this body has ${received}.`;
  if (received < declared && !isJson) {
    return proven("body_truncated", {
      what: `The body was cut off: ${bytesIn(declared - received)} are missing.`,
      why: `${why}${roundHint(received)} The missing bytes cannot be restored, so the signature cannot be checked.`,
      fix: "Look for a limit in the proxy or logger, and for code that takes the first chunk for the whole body.",
      example:
        "for await (const chunk of req) chunks.push(chunk); // every chunk, then Buffer.concat(chunks)",
    });
  }
  return proven("body_rewritten", {
    what: "The body is not the one that arrived: its length differs from Content-Length.",
    why: `${why} It was changed afterwards, in a way that cannot be undone (numbers, order of keys, values).`,
    fix: "Verify the bytes as they arrived, before other code parses or rewrites them.",
    example: BEFORE_PARSERS,
  });
}

function roundHint(length: number): string {
  return length % 1024 === 0 ? ` ${length} is a round number, as limits are.` : "";
}

function empty(): Finding {
  return proven("body_empty", {
    what: "The body is empty.",
    why: "mintfax always sends a body. Most often other code has read the stream before the check.",
    fix: "Mount the receiver before body parsers and other code that reads the request. Make redirects keep POST (307, 308).",
    example: BEFORE_PARSERS,
  });
}

function objectPrinted(): Finding {
  return proven("body_object_printed", {
    what: "The body is the text into which JavaScript turns an object ([object ...]).",
    why: "A parsed body was turned into a string, which holds nothing of the original.",
    fix: "Verify the bytes as they arrived, before other code parses them.",
    example: BEFORE_PARSERS,
  });
}

function bufferPrinted(): Finding {
  return proven("body_buffer_printed", {
    what: "This is not the body but the beginning of a Buffer as Node prints it.",
    why: "Node prints the first 50 bytes. The missing bytes cannot be restored, so the signature cannot be checked.",
    fix: "Log or pass on the bytes themselves.",
    example: 'bytes.toString("base64")    // or fs.writeFileSync(file, bytes)',
  });
}

function cut(length: number): Finding {
  return suspected("body_truncated", {
    what: "The body looks cut off: it begins like JSON and does not end like JSON.",
    why: `It has ${bytesIn(length)}, and no Content-Length to compare with.${roundHint(length)}`,
    fix: "Capture the whole body, with Content-Length. mintfax's dashboard shows what it sent.",
  });
}

function charsetLost(): Finding {
  return suspected("body_charset_lost", {
    what: "The body holds replacement characters (U+FFFD): it was decoded with a wrong charset.",
    why: "Letters outside ASCII were replaced and cannot be restored. Decoding chunk by chunk does this too.",
    fix: "Collect the chunks as bytes, and join them before decoding.",
    example: "Buffer.concat(chunks)    // not text += chunk",
  });
}

function notTheEnvelope(): Finding {
  return suspected("body_not_the_envelope", {
    what: "The body is JSON, but not mintfax's envelope.",
    why: "Expected the members id, type, created and data. It may be a part of the body, or from another sender.",
    fix: "Capture the whole body as it arrived, not a member of it (req.body.data).",
  });
}

function reordered(): Finding {
  return suspected("body_keys_reordered", {
    what: "The body's keys are not in the order in which mintfax writes them (id, type, created, data).",
    why: "Postgres' jsonb, Go's maps and sort_keys reorder them. The order of nested keys could not be restored.",
    fix: "Verify the bytes as they arrived. To keep a delivery for later, store its bytes, not jsonb.",
    example: BEFORE_PARSERS,
  });
}
