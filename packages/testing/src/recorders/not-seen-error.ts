/** Thrown by `waitFor` of a recorder when what it waits for does not come. `code` is stable over versions. */
export class NotSeenError extends Error {
  readonly code = "not_seen";

  constructor(message: string) {
    super(message);
    this.name = "NotSeenError";
  }
}
