import { VARIED_BYTES } from "../bounds.ts";
import { type CapturedRequest, headerValues } from "../captured-request.ts";
import { type Finding, proven, suspected } from "../finding.ts";
import { bytesIn, isObject, jsonOf, textOf } from "./bytes.ts";
import { isOutOfOrder } from "./key-order.ts";

const BEFORE_PARSERS = "app.use(mintfaxWebhooks()); // before express.json()";

/** What a receiver refuses whatever the signature says. */
export function refusedAnyway(request: CapturedRequest): Finding[] {
  const findings: Finding[] = [];
  if (request.body.length > VARIED_BYTES) {
    findings.push(
      proven("body_too_large", {
        what: `The body has ${bytesIn(request.body.length)}; a receiver reads ${VARIED_BYTES} unless told otherwise.`,
        why: "mintfax's events are far smaller. Answered with 413, body_too_large.",
        fix: "If it is genuine, raise the limit.",
        example: `mintfaxWebhooks({ bodyLimitBytes: ${2 ** Math.ceil(Math.log2(request.body.length))} })`,
      }),
    );
  }
  const encoding = headerValues(request, "content-encoding").join(", ").toLowerCase();
  if (encoding !== "" && encoding !== "identity") {
    findings.push(
      proven("body_encoding_declared", {
        what: "There is a Content-Encoding header; mintfax sends bodies plain.",
        why: "Answered with 415, content_encoding_unsupported, before the body is read.",
        fix: "Find the proxy or gateway that compresses requests, or that left the header behind, and switch that off.",
      }),
    );
  }
  return findings;
}

/** What the body itself gives away where no signature matched. The surest first. */
export function symptoms(request: CapturedRequest): Finding[] {
  const { body } = request;
  if (body.length === 0) return [empty()];
  // That it is too large has been said.
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

/** Whether this has the shape that mintfax gives its bodies. */
export function looksLikeEnvelope(value: unknown): value is Record<string, unknown> {
  return (
    isObject(value) && typeof value.id === "string" && typeof value.type === "string" && isObject(value.data)
  );
}

function lengthDiffers(request: CapturedRequest, isJson: boolean): Finding | undefined {
  const declared = Number(headerValues(request, "content-length")[0] ?? Number.NaN);
  const received = request.body.length;
  if (!Number.isInteger(declared) || declared === received) return undefined;
  const why = `Content-Length says ${bytesIn(declared)}, this body has ${received}.`;
  if (received < declared && !isJson) {
    return proven("body_truncated", {
      what: `The body was cut off: ${bytesIn(declared - received)} are missing.`,
      why: `${why}${roundHint(received)} What is missing cannot be had back, so the signature cannot be checked.`,
      fix: "Look for a limit in the proxy or logger, and for code that takes the first chunk for the whole body.",
      example:
        "for await (const chunk of req) chunks.push(chunk); // every chunk, then Buffer.concat(chunks)",
    });
  }
  return proven("body_rewritten", {
    what: "The body is not the one that arrived: its length is not what Content-Length says.",
    why: `${why} Something changed it afterwards, in a way that could not be undone (numbers, order of keys, values).`,
    fix: "Verify the bytes as they came, before anything parses or rewrites them.",
    example: BEFORE_PARSERS,
  });
}

function roundHint(length: number): string {
  return length % 1024 === 0 ? ` ${length} is a round number, as limits are.` : "";
}

function empty(): Finding {
  return proven("body_empty", {
    what: "The body is empty.",
    why: "mintfax always sends one. Most often something read the stream before, and nothing was left for the check.",
    fix: "Mount the receiver before body parsers and whatever else reads the request; let redirects keep POST (307, 308).",
    example: BEFORE_PARSERS,
  });
}

function objectPrinted(): Finding {
  return proven("body_object_printed", {
    what: "The body is the text that JavaScript makes of an object ([object ...]).",
    why: "A parsed body was turned into a string; nothing of the original is left.",
    fix: "Verify the bytes as they came, before anything parses them.",
    example: BEFORE_PARSERS,
  });
}

function bufferPrinted(): Finding {
  return proven("body_buffer_printed", {
    what: "This is not the body but the beginning of a Buffer as Node prints it.",
    why: "Node prints the first 50 bytes. What is missing cannot be had back, so the signature cannot be checked.",
    fix: "Log or pass on the bytes themselves.",
    example: 'bytes.toString("base64")    // or fs.writeFileSync(file, bytes)',
  });
}

function cut(length: number): Finding {
  return suspected("body_truncated", {
    what: "The body looks cut off: it begins like JSON and does not end like it.",
    why: `It has ${bytesIn(length)}, and no Content-Length to compare with.${roundHint(length)}`,
    fix: "Capture the whole body, with Content-Length. mintfax's dashboard shows what was sent.",
  });
}

function charsetLost(): Finding {
  return suspected("body_charset_lost", {
    what: "The body holds replacement characters (U+FFFD): it was decoded with a wrong charset.",
    why: "Letters outside ASCII were replaced, and cannot be had back. Decoding chunk by chunk does this too.",
    fix: "Collect the chunks as bytes and join them before anything decodes them.",
    example: "Buffer.concat(chunks)    // not text += chunk",
  });
}

function notTheEnvelope(): Finding {
  return suspected("body_not_the_envelope", {
    what: "The body is JSON, but not mintfax's envelope.",
    why: "Expected the members id, type, created and data. It may be a part of the body, or another sender's.",
    fix: "Capture the whole body as it came, not a member of it (req.body.data).",
  });
}

function reordered(): Finding {
  return suspected("body_keys_reordered", {
    what: "The body's keys are not in the order in which mintfax writes them (id, type, created, data).",
    why: "Postgres' jsonb, Go's maps and sort_keys reorder them. The order inside could not be had back.",
    fix: "Verify the bytes as they came. To keep a delivery for later, store its bytes, not jsonb.",
    example: BEFORE_PARSERS,
  });
}
