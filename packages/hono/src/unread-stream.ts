/** Elsewhere there are no streams but those of the web. */
export function bodyReaderOf(_: unknown): undefined {
  return undefined;
}
