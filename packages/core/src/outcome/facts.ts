/**
 * What has come to light about a delivery so far; whatever is known when it ends goes into its record. Every field is
 * there from the beginning, so that none has to be added to the object later.
 */
export class Facts {
  /** The monotonic clock when the headers were there. */
  readonly arrivedMs: number = performance.now();
  id: string | undefined = undefined;
  type: string | undefined = undefined;
  created: number | undefined = undefined;
  secretIndex: number | undefined = undefined;
  handlerStartedMs: number | undefined = undefined;
  handlerEndedMs: number | undefined = undefined;
}
