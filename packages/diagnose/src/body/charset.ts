import { equalBytes, latin1Of } from "../encoding.ts";
import { textOf, utf8 } from "./bytes.ts";

// What the web, Windows and Python's "cp1252" mean by it; five bytes differ from ISO 8859-1 proper.
const windows1252 = new TextDecoder("windows-1252");
const CP1252 = new Map(
  Array.from({ length: 256 }, (_, byte) => [windows1252.decode(Uint8Array.of(byte)), byte] as const),
);

/** More than any language puts on a letter. Normalising sorts them one by one. */
const MANY_ACCENTS = /\p{M}{31}/u;

/** The bytes as they may have been before code decoded them with a wrong charset. `how` describes that. */
export interface Recoding {
  readonly bytes: Uint8Array;
  readonly how: string;
}

export function recodings(body: Uint8Array): Recoding[] {
  const found: Recoding[] = [];
  const add = (bytes: Uint8Array | undefined, how: string) => {
    if (bytes !== undefined && !found.some((other) => equalBytes(other.bytes, bytes))) {
      found.push({ bytes, how });
    }
  };
  const utf16 = utf16Of(body);
  if (utf16 !== undefined) add(utf8.encode(utf16), "UTF-8 was written out again as UTF-16");
  const text = textOf(body);
  if (text === undefined) {
    add(utf8.encode(latin1Of(body)), "UTF-8 was written out again as Latin-1");
    add(utf8.encode(windows1252.decode(body)), "UTF-8 was written out again as Windows-1252");
  } else if (/[\u0080-\uffff]/.test(text)) {
    const how =
      "UTF-8 was read as Latin-1 and written out again as UTF-8, so each letter outside ASCII became two";
    add(
      singleBytes(text, (character) => character.charCodeAt(0)),
      how,
    );
    add(
      singleBytes(text, (character) => CP1252.get(character)),
      how.replace("Latin-1", "Windows-1252"),
    );
    for (const form of MANY_ACCENTS.test(text) ? [] : (["NFC", "NFD"] as const)) {
      if (text.normalize(form) !== text)
        add(utf8.encode(text.normalize(form)), "letters with accents were normalised");
    }
  }
  return found;
}

function singleBytes(
  text: string,
  byteOf: (character: string) => number | undefined,
): Uint8Array | undefined {
  const bytes = Array.from(text, byteOf);
  return bytes.every((byte) => byte !== undefined && byte <= 0xff)
    ? Uint8Array.from(bytes as number[])
    : undefined;
}

function utf16Of(body: Uint8Array): string | undefined {
  if (body.length % 2 !== 0 || body.length < 4) return undefined;
  // JSON begins with an ASCII character: one of its two bytes is zero.
  const [first, second, third] = body;
  if ((first === 0xff && second === 0xfe) || (second === 0 && first !== 0)) {
    return new TextDecoder("utf-16le").decode(body);
  }
  if ((first === 0xfe && second === 0xff) || (first === 0 && third === 0)) {
    return new TextDecoder("utf-16be").decode(body);
  }
  return undefined;
}
