/** What a call of the page is refused with. */
export class Fault extends Error {
  readonly status: 400 | 404 | 409 | 413 | 503;

  constructor(status: Fault["status"], message: string) {
    super(message);
    this.status = status;
  }
}

/** @throws {Fault} where a body is not a JSON object */
export async function membersOf(json: Promise<unknown>): Promise<Readonly<Record<string, unknown>>> {
  const value = await json.catch(() => undefined);
  if (typeof value !== "object" || value === null) throw new Fault(400, "Expected a JSON object.");
  return value as Record<string, unknown>;
}
