export type { ReadFile } from "./curl.ts";
export { readCurl } from "./curl.ts";
export { UnreadableCaptureError } from "./error.ts";
export { readHeaderText } from "./header-text.ts";
export { CAPTURE_FORMATS, readCapture } from "./read-capture.ts";
