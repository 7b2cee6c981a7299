/** What an object stores: its one id's state, and never anything of the event. Times are on the object's clock. */
export interface Row {
  readonly state: "pending" | "released" | "done";
  /** Who holds it, or held it last. */
  readonly owner: string;
  /** Of the newest claim. */
  readonly fence: number;
  /** PENDING: until when nobody else can claim it. */
  readonly leaseUntilMs: number;
  /** When nothing of it is needed any more, not even the fence. */
  readonly expiresMs: number;
}
