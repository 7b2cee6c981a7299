import type { DedupKey } from "@mintfax-webhooks/core/store";

/** The start of the names of a namespace's keys. */
export function namespacePrefix(keyPrefix: string, namespace: string): string {
  return `${keyPrefix}${encodeURIComponent(namespace)}:`;
}

/** The key under which Redis keeps a row. */
export function keyName(keyPrefix: string, { namespace, id }: DedupKey): string {
  return namespacePrefix(keyPrefix, namespace) + id;
}
