import { hexToBytes } from "@noble/hashes/utils.js";
import { MOST_UNWRAPPED, VARIED_BYTES } from "../bounds.ts";
import { bytesOfBase64, bytesOfLatin1, latin1Of } from "../encoding.ts";
import type { FindingCode } from "../finding.ts";
import { isObject, jsonOf, textOf, utf8 } from "./bytes.ts";

/** The content of a wrapper. `name` says what the wrapper is. */
export interface Unwrapped {
  readonly code: FindingCode;
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * Node, Bun and Deno have it. Elsewhere compressed bodies stay packed: the web's DecompressionStream is asynchronous and
 * has no limit on its output.
 */
const zlib = globalThis.process?.getBuiltinModule?.("node:zlib");
/** Whether {@link unwrappings} unpacks compressed bodies on this runtime. */
export const UNPACKS: boolean = zlib !== undefined;

const BASE64 = /^[A-Za-z0-9+/_-]{16,}={0,2}$/;

/** The body without the wrappers that a relay may have put around it. */
export function unwrappings(body: Uint8Array): Unwrapped[] {
  const text = textOf(body);
  const found: Unwrapped[] = [];
  for (const unwrapped of chained(
    decompressed(body),
    multipart(body),
    ...(text === undefined ? [] : [form(text), printed(text)]),
  )) {
    found.push(unwrapped);
    if (found.length === MOST_UNWRAPPED) break;
  }
  return found;
}

function* chained<T>(...parts: readonly Iterable<T>[]): Generator<T> {
  for (const part of parts) yield* part;
}

function* decompressed(body: Uint8Array): Generator<Unwrapped> {
  if (zlib === undefined) return;
  // A small body must not unfold into gigabytes.
  const options = { maxOutputLength: VARIED_BYTES };
  const isGzip = body[0] === 0x1f && body[1] === 0x8b;
  const isZlib = body[0] === 0x78;
  // Brotli has no mark of its own, but it is not JSON.
  const isPlain = body[0] === 0x7b || body.length === 0;
  for (const [name, applies, decompress] of [
    ["gzip", isGzip, zlib.gunzipSync],
    ["deflate", isZlib, zlib.inflateSync],
    ["brotli", !isGzip && !isZlib && !isPlain, zlib.brotliDecompressSync],
  ] as const) {
    if (!applies) continue;
    try {
      yield { code: "body_compressed", name, bytes: decompress(body, options) };
    } catch {
      // It is not compressed in this way.
    }
  }
}

/** The parts of a multipart body, split at the boundary in its first line. */
function* multipart(body: Uint8Array): Generator<Unwrapped> {
  const latin1 = latin1Of(body);
  const boundary = /^(?:\r?\n)?(--[^\r\n]{1,70})\r?\n/.exec(latin1)?.[1];
  if (boundary === undefined) return;
  for (const part of latin1.split(boundary, MOST_UNWRAPPED + 1).slice(1)) {
    const content = /^\r?\n(?:[^\r\n]+\r?\n)*\r?\n(?<content>.*?)\r?\n$/s.exec(part)?.groups?.content;
    if (content === undefined) continue;
    yield { code: "body_multipart", name: "multipart/form-data", bytes: bytesOfLatin1(content) };
  }
}

/** A form: the body as one of its values, as its only name, or the whole of it percent-encoded. */
function* form(text: string): Generator<Unwrapped> {
  if (!/^[^\s{["]+$/.test(text) || !text.includes("%7B")) {
    // A relay decoded the form, and left the equals sign of its empty value.
    if (/^\{.*\}=$/s.test(text))
      yield { code: "body_form_encoded", name: "a form", bytes: utf8.encode(text.slice(0, -1)) };
    return;
  }
  const fields = [...new URLSearchParams(text)].flat();
  for (const content of [...fields, percentDecoded(text)]) {
    if (content?.startsWith("{"))
      yield { code: "body_form_encoded", name: "a form", bytes: utf8.encode(content) };
  }
}

function percentDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** Forms in which programs print, log or pass on bytes. */
function* printed(text: string): Generator<Unwrapped> {
  const value = jsonOf(text);
  if (typeof value === "string") {
    yield { code: "body_json_string", name: "a JSON string", bytes: utf8.encode(value) };
    if (BASE64.test(value)) yield base64(value);
  }
  if (isObject(value)) yield* members(value);
  if (Array.isArray(value) && value.length > 0 && value.every(isByte))
    yield buffer(value, "a list of numbers");
  const compact = text.trim();
  if (BASE64.test(compact)) yield base64(compact);
  const hexadecimal = /^<Buffer ([0-9a-f]{2}(?: [0-9a-f]{2})*)>$/.exec(compact)?.[1] ?? "";
  if (hexadecimal !== "") {
    const bytes = hexToBytes(hexadecimal.replaceAll(" ", ""));
    yield { code: "body_buffer_printed", name: "a Buffer as Node prints it", bytes };
  }
  const python = /^b(?<quote>['"])(?<content>.*)\k<quote>$/s.exec(compact)?.groups?.content;
  if (python !== undefined) {
    yield { code: "body_buffer_printed", name: "bytes as Python prints them", bytes: pythonBytes(python) };
  }
}

function* members(value: Record<string, unknown>): Generator<Unwrapped> {
  if (value.type === "Buffer" && Array.isArray(value.data)) {
    if (value.data.every(isByte)) yield buffer(value.data, "a Buffer written as JSON");
    return;
  }
  // AWS Lambda, queues, log records.
  for (const [name, content] of Object.entries(value)) {
    if (typeof content !== "string") continue;
    const code = "body_in_wrapper";
    if (content.trimStart().startsWith("{")) {
      yield { code, name: `a JSON object, in its member \`${safeName(name)}\``, bytes: utf8.encode(content) };
    } else if (BASE64.test(content)) {
      const where = `a JSON object, as base64 in its member \`${safeName(name)}\``;
      yield { code, name: where, bytes: bytesOfBase64(content) };
    }
  }
}

/** Shows a name that looks like one of a program, and hides one that looks like data. */
function safeName(name: string): string {
  return /^[A-Za-z_]{1,30}$/.test(name) ? name : "...";
}

function base64(text: string): Unwrapped {
  return { code: "body_base64", name: "base64", bytes: bytesOfBase64(text) };
}

function buffer(bytes: readonly number[], name: string): Unwrapped {
  return { code: "body_buffer_printed", name, bytes: Uint8Array.from(bytes) };
}

function isByte(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 255;
}

const PYTHON_ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

function pythonBytes(content: string): Uint8Array {
  const latin1 = content.replace(/\\(?:x([0-9a-f]{2})|(.))/gs, (_, hex?: string, character = "") =>
    hex === undefined
      ? (PYTHON_ESCAPES[character] ?? character)
      : String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return bytesOfLatin1(latin1);
}
