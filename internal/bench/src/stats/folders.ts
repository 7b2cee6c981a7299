import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { fileURLToPath } from "node:url";

/** Where a function begins. */
export interface Position {
  readonly url: string;
  /** From 0, as in V8's profiles. */
  readonly lineNumber: number;
  readonly columnNumber: number;
}

const OURS = /node_modules\/@mintfax-webhooks\/([a-z-]+)\/dist\//;
const maps = new Map<string, SourceMap>();

/**
 * `core/dedup`, or `core` for a file at its top: the folder of the sources that a function of our packages is from, by the source map
 * beside the built file. Undefined for a function that is not ours.
 */
export function folderOf({ url, lineNumber, columnNumber }: Position): string | undefined {
  const [, name] = OURS.exec(url) ?? [];
  if (name === undefined) return undefined;
  const map = maps.get(url) ?? new SourceMap(JSON.parse(readFileSync(`${fileURLToPath(url)}.map`, "utf8")));
  maps.set(url, map);
  const entry = map.findEntry(lineNumber, columnNumber);
  const source = "originalSource" in entry ? entry.originalSource : "";
  const [, folder] = /src\/([a-z-]+)\//.exec(source) ?? [];
  return folder === undefined ? name : `${name}/${folder}`;
}
