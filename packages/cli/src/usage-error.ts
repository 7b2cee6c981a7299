/** What was asked for cannot be done: a wrong option, no secret, a port that is taken. The message says what to change. */
export class UsageError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "UsageError";
  }
}
