import { publint } from "publint";
import { formatMessage } from "publint/utils";
import type { Tarball } from "../pack/tarballs.ts";

/** What publint says of a tarball, suggestions included. */
export async function publintFaults({ bytes }: Tarball): Promise<string[]> {
  const { messages, pkg } = await publint({ pack: { tarball: bytes.buffer }, strict: true });
  return messages.map(
    (message) => `publint: ${formatMessage(message, pkg, { color: false }) ?? message.code}`,
  );
}
