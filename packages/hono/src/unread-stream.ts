/** Elsewhere there are no streams but those of the web. */
export function unreadStreamOf(_: unknown): undefined {
  return undefined;
}
