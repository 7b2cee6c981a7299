/**
 * What is known about a delivery so far, for its record. Every field exists from the start, so that the object keeps
 * one shape.
 */
export class Facts {
  /** The monotonic clock when the headers were there. */
  readonly arrivedMs: number;
  id: string | undefined = undefined;
  type: string | undefined = undefined;
  created: number | undefined = undefined;
  secretIndex: number | undefined = undefined;
  handlerStartedMs: number | undefined = undefined;
  handlerEndedMs: number | undefined = undefined;

  constructor(arrivedMs: number) {
    this.arrivedMs = arrivedMs;
  }
}
