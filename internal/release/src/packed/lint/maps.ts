import { posix } from "node:path";
import type { Tarball } from "../pack/tarballs.ts";

interface SourceMap {
  readonly sources: readonly string[];
  readonly sourcesContent?: readonly (string | null)[];
}

/** Where the maps of a tarball lead nowhere, or somewhere else than to the sources in it. */
export function mapFaults({ files }: Tarball): string[] {
  const built = [...files].filter(([path]) => path.startsWith("dist/") && /\.(c?js|d\.c?ts)$/.test(path));
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

const PASSES_ON = /^(import|export) |^(const|let) \w+ = require\(|^exports\.\w+ = \w+\.\w+;$|^#!|^\/\/|^\s*$/;

function isOwnCode(text: string): boolean {
  const lines = text.replaceAll(/^Object\.defineProperty\(exports, .*?\);$/gms, "").split("\n");
  return !lines.every((line) => PASSES_ON.test(line));
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
