/** A capture is not in a form that can be read. The message says why, and quotes none of it. */
export class UnreadableCaptureError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UnreadableCaptureError";
  }
}
