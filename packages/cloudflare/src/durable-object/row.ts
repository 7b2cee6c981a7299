/** What an object stores: the state of its id, and nothing of the event. Times are by the object's clock. */
export interface Row {
  readonly state: "pending" | "released" | "done";
  /** The holder, or the last one. */
  readonly owner: string;
  /** The fence of the newest claim. */
  readonly fence: number;
  /** In state pending: until when no other owner can claim the id. */
  readonly leaseUntilMs: number;
  /** From when on the row is not needed any more, not even its fence. */
  readonly expiresMs: number;
}
