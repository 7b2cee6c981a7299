import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { basename } from "node:path";
import type { Tarball } from "./tarballs.ts";

/** A registry that has these packages and no others. */
export interface Registry {
  /** `http://127.0.0.1:<port>/` */
  readonly url: string;
  close(): void;
}

/** What npm asks of a registry to install from it: a document about each package, and its tarball. */
export async function startRegistry(tarballs: readonly Tarball[]): Promise<Registry> {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? "").slice(1);
    const packed = tarballs.find(({ manifest, file }) => path === manifest.name || path === basename(file));
    if (packed === undefined) response.writeHead(404).end("{}");
    else if (path === packed.manifest.name) response.end(JSON.stringify(documentOf(packed, url)));
    else response.end(packed.bytes);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return {
    url,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function documentOf({ manifest, file, bytes }: Tarball, url: string): object {
  const integrity = `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
  const { name, version } = manifest;
  return {
    name,
    "dist-tags": { latest: version },
    versions: { [version]: { ...manifest, dist: { integrity, tarball: url + basename(file) } } },
  };
}
