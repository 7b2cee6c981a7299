import type { FindingCode } from "../finding.ts";

/** A finding's text. `detail` says which kind of wrapper, charset and so on it was. */
type Words = (detail: string) => {
  readonly what: string;
  readonly why: string;
  readonly fix: string;
  readonly example?: string;
};

const RAW = "Verify the bytes as they came, before anything decodes, parses or rewrites them.";
const EXAMPLE = "app.use(mintfaxWebhooks()); // before express.json()";
const KEEP_BYTES = "Pass the body on as bytes (a Buffer), and let nothing edit, trim or re-save it.";

const WORDS: Readonly<Partial<Record<FindingCode, Words>>> = {
  body_reserialized: () => ({
    what: "The body was parsed as JSON and written out again.",
    why: "The values are the ones that were signed, their spelling (blanks, escapes, numbers) is not.",
    fix: `mintfax signs the bytes. ${RAW} Never verify JSON.stringify(req.body).`,
    example: EXAMPLE,
  }),
  body_keys_reordered: () => ({
    what: "The body was parsed and written out again with its keys in another order.",
    why: "With the keys in mintfax's order the signature matches. Postgres' jsonb, Go's maps and sort_keys do this.",
    fix: `${RAW} To keep a delivery for later, store its bytes (bytea, text), not jsonb.`,
    example: EXAMPLE,
  }),
  body_trailing_newline_added: () => ({
    what: "A line break or blank was added at the end of the body.",
    why: "Without it the signature matches.",
    fix: `${KEEP_BYTES} Editors and \`echo\` add a line break; so does whoever reads the body line by line.`,
    example: 'printf "%s" "$body" > body.json',
  }),
  body_trailing_newline_removed: () => ({
    what: "The line break at the end of the body was taken away.",
    why: "With it the signature matches.",
    fix: `${KEEP_BYTES} Look for trim(), strip() or a line reader; \`curl --data @file\` drops line breaks too.`,
    example: "curl --data-binary @body.json ...",
  }),
  body_line_endings_changed: () => ({
    what: "The line endings in the body were changed (LF and CRLF).",
    why: "With the other kind the signature matches.",
    fix: `${KEEP_BYTES} Look for a text-mode file, git's autocrlf, or a tool on Windows.`,
    example: "*.json -text    # in .gitattributes, where captures are kept",
  }),
  body_bom_added: () => ({
    what: "A byte order mark was put in front of the body.",
    why: "Without these three bytes the signature matches.",
    fix: `${KEEP_BYTES} Windows editors and PowerShell's Out-File write one.`,
    example: "[IO.File]::WriteAllBytes($path, $bytes)    # PowerShell",
  }),
  body_bom_removed: () => ({
    what: "The byte order mark in front of the body was taken away.",
    why: "With these three bytes the signature matches. Decoding to text drops them (text(), utf-8-sig).",
    fix: RAW,
    example: "const body = new Uint8Array(await request.arrayBuffer());",
  }),
  body_wrong_charset: (how) => ({
    what: "The body was decoded with the wrong charset.",
    why: `${how}.`,
    fix: `${RAW} Where it has to be text in between, it is UTF-8.`,
    example: 'req.setEncoding("latin1"); // this, or toString("binary"): take it out',
  }),
  body_compressed: (name) => ({
    what: `The body is compressed (${name}).`,
    why: "Unpacked, the signature matches. mintfax signs and sends bodies plain, so something on the way compressed it.",
    fix: "Switch off request compression in the proxy or gateway in front of the server.",
  }),
  body_form_encoded: (name) => ({
    what: `The JSON was put into ${name} (application/x-www-form-urlencoded).`,
    why: "Taken out of it, the signature matches.",
    fix: "Let the relay pass the body on as it is, and mount no form parser before the receiver.",
    example: "curl --data-binary @body.json -H 'content-type: application/json' ...",
  }),
  body_multipart: (name) => ({
    what: `The JSON was put into a part of ${name}.`,
    why: "Taken out of it, the signature matches.",
    fix: "Let the relay pass the body on as it is, not as a form or an attachment.",
    example: 'await fetch(url, { method: "POST", headers, body: bytes });',
  }),
  body_json_string: (name) => ({
    what: `The body was turned into ${name}: text that was encoded as JSON once more.`,
    why: "Decoded once, the signature matches.",
    fix: "Send the text on as it is: it is JSON already.",
    example: "body: text    // not JSON.stringify(text)",
  }),
  body_buffer_printed: (name) => ({
    what: `This is not the body but ${name}.`,
    why: "Turned back into bytes, the signature matches.",
    fix: "Log or pass on the bytes themselves.",
    example: 'bytes.toString("base64")    // or fs.writeFileSync(file, bytes)',
  }),
  body_base64: (name) => ({
    what: `The body is encoded as ${name}.`,
    why: "Decoded, the signature matches. AWS Lambda and API gateways do this (isBase64Encoded).",
    fix: "Decode it before it is verified.",
    example: 'const body = Buffer.from(event.body, "base64");',
  }),
  body_in_wrapper: (name) => ({
    what: `The body arrived inside ${name}.`,
    why: "Taken out of it, the signature matches.",
    fix: "Verify what is inside, byte for byte, and with the headers that came with it.",
    example: 'Buffer.from(event.body, event.isBase64Encoded ? "base64" : "utf8")',
  }),
  body_rewritten: () => ({
    what: "Bytes were added behind the body.",
    why: "Cut to the length that Content-Length gives, the signature matches.",
    fix: RAW,
    example: EXAMPLE,
  }),
};

/** The text for something that happened to a body. */
export function wordsFor(code: FindingCode, detail: string = ""): ReturnType<Words> {
  const words = WORDS[code];
  if (words === undefined) throw new TypeError(`no words for ${code}`);
  return words(detail);
}
