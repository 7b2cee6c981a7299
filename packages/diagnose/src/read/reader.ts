import type { CapturedRequest } from "../captured-request.ts";
import type { Capture } from "./capture.ts";
import type { ReadFile } from "./curl.ts";

/** Recognises captures of one format, and reads the requests in them. */
export interface Reader {
  /** As it is told to people. */
  readonly format: string;
  /**
   * The requests in the capture; undefined where it is in another format. Time grows linearly with the size.
   *
   * @throws {UnreadableCaptureError} where it is in this format, but does not give a request
   */
  read(capture: Capture, readFile?: ReadFile): readonly CapturedRequest[] | undefined;
}

/** The same for a value out of JSON, wherever in a capture it is. */
export interface JsonReader {
  readonly format: string;
  read(value: Readonly<Record<string, unknown>>): readonly CapturedRequest[] | undefined;
}
