import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A module that users import. */
export interface EntryPoint {
  /** The package's name. */
  readonly name: string;
  /** `@mintfax-webhooks/core/node` */
  readonly specifier: string;
  /** Its source file, from the root. */
  readonly source: string;
}

type Target = string | { readonly source?: string };

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, Target>>;
}

/** What published packages export, which their `package.json` alone says: nothing is listed here. */
export function entryPointsOf(root: string): EntryPoint[] {
  return globSync("packages/*/package.json", { cwd: root })
    .sort()
    .flatMap((file) => {
      const {
        name,
        exports = {},
        ...manifest
      } = JSON.parse(readFileSync(join(root, file), "utf8")) as Manifest;
      if (manifest.private) return [];
      return Object.entries(exports).flatMap(([subpath, target]) =>
        typeof target === "string" || target.source === undefined
          ? []
          : [{ name, specifier: join(name, subpath), source: join(dirname(file), target.source) }],
      );
    });
}
