import { utf8 } from "../body/bytes.ts";

/** PowerShell's `>` and Windows' editors write text in UTF-16. Its first characters tell, with or without a byte order mark. */
const SAMPLE_BYTES = 256;

/** The text of a file in UTF-16 as UTF-8; any other file as it is. */
export function decodeUtf16(file: Uint8Array): Uint8Array {
  const endian = endianOf(file);
  if (endian === undefined) return file;
  // A file that was cut may end within a character.
  return utf8.encode(new TextDecoder(`utf-16${endian}`).decode(file.subarray(0, file.length & ~1)));
}

function endianOf(file: Uint8Array): "le" | "be" | undefined {
  if (file[0] === 0xff && file[1] === 0xfe) return "le";
  if (file[0] === 0xfe && file[1] === 0xff) return "be";
  // Without the mark: nearly every other byte of a request is 0, since headers and JSON are ASCII.
  const sample = file.subarray(0, SAMPLE_BYTES);
  if (sample.length < 4) return undefined;
  const zeros = (parity: number): number =>
    sample.filter((byte, index) => index % 2 === parity && byte === 0).length / (sample.length / 2);
  if (zeros(1) > 0.9 && zeros(0) < 0.1) return "le";
  if (zeros(0) > 0.9 && zeros(1) < 0.1) return "be";
  return undefined;
}
