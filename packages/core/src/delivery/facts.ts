/** What has come to light about a delivery so far; whatever is known when it ends goes into its record. */
export interface Facts {
  /** The monotonic clock when the headers were there. */
  readonly arrivedMs: number;
  id?: string;
  type?: string;
  created?: number;
  secretIndex?: number;
  handlerStartedMs?: number;
  handlerEndedMs?: number;
}
