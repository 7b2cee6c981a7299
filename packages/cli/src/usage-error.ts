/** The command cannot run: a wrong option, no secret, a port in use. The message says what to change. */
export class UsageError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "UsageError";
  }
}
