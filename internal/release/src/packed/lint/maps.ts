import { posix } from "node:path";
import type { Tarball } from "../pack/tarballs.ts";

interface SourceMap {
  readonly sources: readonly string[];
  readonly sourcesContent?: readonly (string | null)[];
}

/** Where the maps of a tarball lead nowhere, or somewhere else than to the sources in it. */
export function mapFaults({ files }: Tarball): string[] {
  const built = [...files].filter(([path]) => path.startsWith("dist/") && /\.(js|d\.ts)$/.test(path));
  if (built.length === 0) return ["has nothing built in dist"];
  return built.flatMap(([path, text]) => {
    const [, name] = /\n\/\/# sourceMappingURL=(\S+)\s*$/.exec(text) ?? [];
    // A file that only passes on others has nothing to map.
    if (name === undefined) return isOwnCode(text) ? [`${path} has no map`] : [];
    const map = files.get(posix.join(posix.dirname(path), name));
    if (map === undefined) return [`${path} names the map ${name}, which is not in the tarball`];
    return sourceFaults(posix.join(posix.dirname(path), name), JSON.parse(map) as SourceMap, files);
  });
}

function isOwnCode(text: string): boolean {
  return !text.split("\n").every((line) => /^(import|export) .*|^#!|^\/\/|^\s*$/.test(line));
}

function sourceFaults(
  path: string,
  { sources, sourcesContent }: SourceMap,
  files: ReadonlyMap<string, string>,
): string[] {
  return sources.flatMap((source, index) => {
    const target = posix.join(posix.dirname(path), source);
    const text = files.get(target);
    if (text === undefined) return [`${path} leads to ${target}, which is not in the tarball`];
    const embedded = sourcesContent?.[index];
    return embedded == null || embedded === text
      ? []
      : [`${path} embeds another ${target} than is published`];
  });
}
