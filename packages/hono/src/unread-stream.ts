/** Platforms other than Node have only web streams. */
export function unreadStreamOf(_: unknown): undefined {
  return undefined;
}
