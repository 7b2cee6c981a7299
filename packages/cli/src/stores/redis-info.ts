import { UsageError } from "../usage-error.ts";

/**
 * Whether a server is a node of a cluster, by its `INFO`. A user who may not ask is taken to be on a single server.
 *
 * @throws {UsageError} where the server is a Sentinel, which stores nothing
 */
export function isClusterBy(info: unknown): boolean {
  const text = String(info);
  // Valkey writes server_mode.
  if (/_mode:sentinel\b/.test(text)) throw new UsageError(sentinelText(text));
  return text.includes("cluster_enabled:1");
}

function sentinelText(info: string): string {
  const primaries = Array.from(info.matchAll(/^master\d+:name=([^,]*),.*?\baddress=([^,]*)/gm));
  const watched = primaries.map(([, name, address]) => `${name} at ${address}`).join(", ");
  return (
    "The URL is that of a Sentinel, which stores no events. Give the URL of the primary that it watches" +
    `${watched === "" ? "" : ` (now: ${watched})`}, with that server's user and password. It changes with each failover.`
  );
}
