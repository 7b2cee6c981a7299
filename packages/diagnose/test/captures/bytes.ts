import buffer from "node:buffer";
import { createInterface } from "node:readline";
import { text as textOf } from "node:stream/consumers";
import { inspect } from "node:util";
import { gzipSync } from "node:zlib";
import express from "express";
import { type Capture, Caught, inHand } from "./captured.ts";
import { behind, bytesOf, direct, inServer } from "./relays.ts";
import { COMPACT, PRETTY, send, signed, withHeaders } from "./send.ts";
import { serve } from "./wire.ts";

async function linesOf(req: NodeJS.ReadableStream, end: string): Promise<string> {
  let text = "";
  for await (const line of createInterface({ input: req, crlfDelay: Number.POSITIVE_INFINITY }))
    text += line + end;
  return text;
}

function explained(name: string, findings: readonly string[], capture: Capture["capture"]): Capture {
  return { name, verdict: "explained", findings, capture };
}

/** Something small happened to the bytes. */
export const BYTE_CAPTURES: readonly Capture[] = [
  explained("read line by line", ["body_trailing_newline_added"], () =>
    inServer(signed(PRETTY), (req) => linesOf(req, "\n")),
  ),
  explained("trimmed by a relay", ["body_trailing_newline_removed"], () =>
    behind(signed(`${PRETTY}\n`), async (req) => (await textOf(req)).trim()),
  ),
  explained("relayed with Windows' line ends", ["body_line_endings_changed"], () =>
    behind(signed(`${PRETTY}\n`), (req) => linesOf(req, "\r\n")),
  ),
  explained("saved by an editor with a byte order mark", ["body_bom_added"], () =>
    behind(signed(), async (req) => `\ufeff${await textOf(req)}`),
  ),
  explained("a byte order mark lost in Response.text()", ["body_bom_removed"], () =>
    behind(signed(`\ufeff${COMPACT}`), async (req) => new Response(await bytesOf(req)).text()),
  ),
  explained("a byte order mark and a line break", ["body_bom_added", "body_trailing_newline_added"], () =>
    behind(signed(PRETTY), async (req) => `\ufeff${await linesOf(req, "\n")}`),
  ),
  explained("read as Latin-1", ["body_wrong_charset"], () =>
    behind(signed(), async (req) => textOf(req.setEncoding("latin1"))),
  ),
  explained("read as Windows-1252", ["body_wrong_charset"], () =>
    behind(signed(COMPACT.replace("Süd", "€")), async (req) =>
      new TextDecoder("windows-1252").decode(await bytesOf(req)),
    ),
  ),
  explained("written as Latin-1", ["body_wrong_charset"], () =>
    behind(signed(), async (req) => Buffer.from(await textOf(req), "latin1")),
  ),
  explained("written as UTF-16", ["body_wrong_charset"], () =>
    behind(signed(), async (req) => Buffer.from(`\ufeff${await textOf(req)}`, "utf16le")),
  ),
  explained("read as Latin-1, then parsed and written", ["body_wrong_charset", "body_reserialized"], () =>
    behind(signed(PRETTY), async (req) =>
      JSON.stringify(JSON.parse(await textOf(req.setEncoding("latin1")))),
    ),
  ),
  {
    name: "decoded chunk by chunk, a letter across two of them",
    verdict: "suspected",
    findings: ["body_charset_lost"],
    capture: async () => {
      const { headers, body } = signed();
      const place = body.indexOf(0xc3) + 1;
      return behind({ headers, body }, async (req) => {
        const bytes = await bytesOf(req);
        return bytes.subarray(0, place).toString() + bytes.subarray(place).toString();
      });
    },
  },
  explained("a logger that keeps the first 128 bytes", ["body_truncated"], () =>
    inServer(signed(), async (req) => (await bytesOf(req)).subarray(0, 128)),
  ),
  {
    name: "a relay that passes the first 128 bytes on",
    verdict: "suspected",
    findings: ["body_truncated"],
    capture: () => behind(signed(), async (req) => (await bytesOf(req)).subarray(0, 128)),
  },
  explained("a stream that express.json() has read", ["body_empty"], async () => {
    const caught = new Caught();
    const app = express();
    app.use(express.json());
    app.use(async (req, res) => {
      caught.resolve(inHand(req, await bytesOf(req)));
      res.end();
    });
    await send(await serve(app), signed());
    return caught.promise;
  }),
];

/** The bytes are there, wrapped into something. */
export const WRAPPED_CAPTURES: readonly Capture[] = [
  explained("a proxy that compresses", ["body_compressed"], () =>
    behind(signed(), async (req, headers) => {
      headers.set("content-encoding", "gzip");
      return gzipSync(await bytesOf(req));
    }),
  ),
  explained("a relay that sends a form", ["body_form_encoded"], () =>
    behind(signed(), async (req) => new URLSearchParams({ payload: await textOf(req) })),
  ),
  explained("a relay that sends a multipart form", ["body_multipart"], () =>
    behind(signed(), async (req) => {
      const form = new FormData();
      form.set("source", "mintfax");
      form.set("payload", await textOf(req));
      return form;
    }),
  ),
  explained("text encoded as JSON once more", ["body_json_string"], () =>
    behind(signed(), async (req) => JSON.stringify(await textOf(req))),
  ),
  explained("a Buffer through JSON.stringify", ["body_buffer_printed"], () =>
    inServer(signed(), async (req) => JSON.stringify(await bytesOf(req))),
  ),
  explained("a Buffer as Node prints it", ["body_buffer_printed"], () =>
    inServer(signed(), async (req) => {
      // Node prints 50 bytes unless told otherwise.
      const { INSPECT_MAX_BYTES } = buffer;
      buffer.INSPECT_MAX_BYTES = 10_000;
      const text = inspect(await bytesOf(req));
      buffer.INSPECT_MAX_BYTES = INSPECT_MAX_BYTES;
      return text;
    }),
  ),
  explained("the first 50 bytes of a Buffer, as Node prints it", ["body_buffer_printed"], () =>
    inServer(signed(), async (req) => inspect(await bytesOf(req))),
  ),
  explained("base64, as a gateway hands it over", ["body_base64"], () =>
    inServer(signed(), async (req) => (await bytesOf(req)).toString("base64")),
  ),
  explained("a message of a queue", ["body_in_wrapper"], () =>
    behind(signed(), async (req) => JSON.stringify({ messageId: "1", body: await textOf(req) })),
  ),
  explained("wrapped, and parsed and written before", ["body_in_wrapper", "body_reserialized"], () =>
    behind(signed(PRETTY), async (req) =>
      JSON.stringify({ body: JSON.stringify(JSON.parse(await textOf(req))) }),
    ),
  ),
  explained("an object as text", ["body_object_printed"], () =>
    behind(signed(), async (req) => String(JSON.parse(await textOf(req)))),
  ),
  explained("a part of it, with the headers of the whole", ["body_rewritten"], () =>
    inServer(signed(), async (req) => JSON.stringify(JSON.parse(await textOf(req)).data)),
  ),
  {
    name: "a part of it, passed on",
    verdict: "suspected",
    findings: ["body_not_the_envelope"],
    capture: () => behind(signed(), async (req) => JSON.stringify(JSON.parse(await textOf(req)).data)),
  },
  explained("a header of compression that a proxy left behind", ["body_encoding_declared"], () =>
    direct(withHeaders(signed(), { "content-encoding": "gzip" })),
  ),
  explained("more than a receiver reads", ["body_too_large"], () =>
    direct(signed(COMPACT.replace("1042", "1".repeat(300_000)))),
  ),
];
