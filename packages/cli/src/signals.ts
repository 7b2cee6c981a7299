/** Resolves at Ctrl-C, or when the process is told to end. A second Ctrl-C ends the process at once. */
export function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
  });
}
