import type { FindingCode } from "../finding.ts";

/** A finding's text. `detail` names the kind of wrapper, charset and so on. */
type Words = (detail: string) => {
  readonly what: string;
  readonly why: string;
  readonly fix: string;
  readonly example?: string;
};

const RAW = "Verify the bytes as they arrived, before other code decodes, parses or rewrites them.";
const EXAMPLE = "app.use(mintfaxWebhooks()); // before express.json()";
const KEEP_BYTES = "Pass the body on as bytes (a Buffer). Do not edit, trim or re-save it.";

const WORDS: Readonly<Partial<Record<FindingCode, Words>>> = {
  body_reserialized: () => ({
    what: "The body was parsed as JSON and written out again.",
    why: "The values are the signed ones, but their spelling (spaces, escapes, numbers) differs.",
    fix: `mintfax signs the bytes. ${RAW} Never verify JSON.stringify(req.body).`,
    example: EXAMPLE,
  }),
  body_keys_reordered: () => ({
    what: "The body was parsed and written out again with its keys in another order.",
    why: "The signature matches with the keys in mintfax's order. Postgres' jsonb, Go's maps and sort_keys reorder them.",
    fix: `${RAW} To keep a delivery for later, store its bytes (bytea, text), not jsonb.`,
    example: EXAMPLE,
  }),
  body_trailing_newline_added: () => ({
    what: "A line break or space was added at the end of the body.",
    why: "The signature matches without it.",
    fix: `${KEEP_BYTES} Editors, \`echo\` and code that reads line by line add a line break.`,
    example: 'printf "%s" "$body" > body.json',
  }),
  body_trailing_newline_removed: () => ({
    what: "The line break at the end of the body was removed.",
    why: "The signature matches with it.",
    fix: `${KEEP_BYTES} Look for trim(), strip() or a line reader; \`curl --data @file\` drops line breaks too.`,
    example: "curl --data-binary @body.json ...",
  }),
  body_line_endings_changed: () => ({
    what: "The line endings in the body were changed (LF and CRLF).",
    why: "The signature matches with the other kind.",
    fix: `${KEEP_BYTES} Look for a text-mode file, git's autocrlf, or a tool on Windows.`,
    example: "*.json -text    # in .gitattributes, where captures are kept",
  }),
  body_bom_added: () => ({
    what: "A byte order mark was put in front of the body.",
    why: "The signature matches without these three bytes.",
    fix: `${KEEP_BYTES} Windows editors and PowerShell's Out-File write one.`,
    example: "[IO.File]::WriteAllBytes($path, $bytes)    # PowerShell",
  }),
  body_bom_removed: () => ({
    what: "The byte order mark in front of the body was removed.",
    why: "The signature matches with these three bytes. Decoding to text drops them (text(), utf-8-sig).",
    fix: RAW,
    example: "const body = new Uint8Array(await request.arrayBuffer());",
  }),
  body_wrong_charset: (how) => ({
    what: "The body was decoded with the wrong charset.",
    why: `${how}.`,
    fix: `${RAW} Where the body must be text in between, decode and encode it as UTF-8.`,
    example: 'req.setEncoding("latin1"); // remove this, and toString("binary")',
  }),
  body_compressed: (name) => ({
    what: `The body is compressed (${name}).`,
    why: "The signature matches once it is unpacked. mintfax does not compress, so a proxy or gateway on the way did.",
    fix: "Switch off request compression in the proxy or gateway in front of the server.",
  }),
  body_form_encoded: (name) => ({
    what: `The JSON was put into ${name} (application/x-www-form-urlencoded).`,
    why: "The signature matches once the JSON is taken out.",
    fix: "Make the relay pass the body on unchanged, and do not mount a form parser before the receiver.",
    example: "curl --data-binary @body.json -H 'content-type: application/json' ...",
  }),
  body_multipart: (name) => ({
    what: `The JSON was put into a part of ${name}.`,
    why: "The signature matches once the JSON is taken out.",
    fix: "Make the relay pass the body on unchanged, not as a form or an attachment.",
    example: 'await fetch(url, { method: "POST", headers, body: bytes });',
  }),
  body_json_string: (name) => ({
    what: `The body was turned into ${name}: text that was encoded as JSON once more.`,
    why: "The signature matches once it is decoded.",
    fix: "Pass the text on unchanged: it is JSON already.",
    example: "body: text    // not JSON.stringify(text)",
  }),
  body_buffer_printed: (name) => ({
    what: `This is not the body but ${name}.`,
    why: "The signature matches once it is turned back into bytes.",
    fix: "Log or pass on the bytes themselves.",
    example: 'bytes.toString("base64")    // or fs.writeFileSync(file, bytes)',
  }),
  body_base64: (name) => ({
    what: `The body is encoded as ${name}.`,
    why: "The signature matches once it is decoded. AWS Lambda and API gateways encode bodies (isBase64Encoded).",
    fix: "Decode the body before the check.",
    example: 'const body = Buffer.from(event.body, "base64");',
  }),
  body_in_wrapper: (name) => ({
    what: `The body arrived inside ${name}.`,
    why: "The signature matches once the JSON is taken out.",
    fix: "Verify the inner body byte for byte, with the headers that came with it.",
    example: 'Buffer.from(event.body, event.isBase64Encoded ? "base64" : "utf8")',
  }),
  body_rewritten: () => ({
    what: "Bytes were added at the end of the body.",
    why: "The signature matches once the body is cut to Content-Length.",
    fix: RAW,
    example: EXAMPLE,
  }),
};

/** The text for a change of the body. */
export function wordsFor(code: FindingCode, detail: string = ""): ReturnType<Words> {
  const words = WORDS[code];
  if (words === undefined) throw new TypeError(`no words for ${code}`);
  return words(detail);
}
