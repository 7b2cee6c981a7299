const BLOCK_BYTES = 512;

/**
 * The text files of a tarball that npm or pnpm made, by path, without the leading `package/`. Knows of the format (ustar)
 * what these write for short paths, and throws on anything else.
 */
export function readTar(tar: Uint8Array): Map<string, string> {
  const files = new Map<string, string>();
  for (let at = 0; at + BLOCK_BYTES <= tar.length; ) {
    const field = (start: number, length: number): string =>
      new TextDecoder().decode(tar.subarray(at + start, at + start + length)).split("\0", 1)[0] ?? "";
    const name = field(0, 100);
    // Two empty blocks are the end.
    if (name === "") break;
    const kind = field(156, 1);
    if (kind !== "0" || !name.startsWith("package/"))
      throw new Error(`the tarball has a "${name}" of kind ${kind}`);
    const size = Number.parseInt(field(124, 12), 8);
    const start = at + BLOCK_BYTES;
    files.set(name.slice("package/".length), new TextDecoder().decode(tar.subarray(start, start + size)));
    at = start + Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
  }
  return files;
}
