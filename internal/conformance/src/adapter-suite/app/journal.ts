/** What happened in the server under test, in order: one line for each thing, `<what> <webhook-id or path>`. */
export class Journal {
  readonly lines: string[] = [];

  add(line: string): void {
    this.lines.push(line);
  }

  count(start: string): number {
    return this.lines.filter((line) => line.startsWith(start)).length;
  }

  /** Resolves once there are so many lines that start with a text. */
  has(start: string, times: number): Promise<void> {
    return until(() => this.count(start) >= times);
  }
}

/**
 * Looks again and again. In workerd a request may not wait for a promise that another one will settle, and counts as
 * hung where it has no timer of its own.
 */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** The same for a promise that other requests settle. */
export async function settled(promise: Promise<unknown>): Promise<void> {
  let done = false;
  const finish = () => {
    done = true;
  };
  promise.then(finish, finish);
  await until(() => done);
}
