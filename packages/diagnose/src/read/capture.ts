import { jsonOf, utf8 } from "../body/bytes.ts";
import { unwrappedText } from "./unwrapped-text.ts";
import { decodeUtf16 } from "./utf-16.ts";

/** A captured text, as bytes, as text, and as the JSON value that it may be. */
export class Capture {
  /** UTF-8, also where the file was UTF-16. */
  readonly bytes: Uint8Array;
  /** Without a byte order mark and blank lines in front. */
  readonly text: string;
  #json: { readonly value: unknown } | undefined;

  constructor(file: Uint8Array) {
    const bytes = decodeUtf16(file);
    const text = new TextDecoder().decode(bytes);
    const unwrapped = unwrappedText(text);
    // A body may hold bytes that are not text: they are kept.
    this.bytes = unwrapped === text ? bytes : utf8.encode(unwrapped);
    this.text = unwrapped.trimStart();
  }

  /** Undefined where the text is not JSON as a whole. */
  get json(): unknown {
    this.#json ??= { value: /^[[{]/.test(this.text) ? jsonOf(this.text) : undefined };
    return this.#json.value;
  }
}
