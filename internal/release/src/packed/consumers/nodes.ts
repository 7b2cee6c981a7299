import { join } from "node:path";
import { ROOT } from "test-support/root";

/** A Node of `runtimes/`. */
export interface NodeRuntime {
  readonly version: string;
  /** Its program. */
  readonly file: string;
}

/** Both lowest ends of `engines`, and the latest of every line. */
export const NODES: readonly NodeRuntime[] = [
  node("20.19.0", "node-20-lowest"),
  node("20.20.2", "node-20"),
  node("22.12.0", "node-22-lowest"),
  node("22.23.3", "node-22"),
  node("24.21.0", "node-24"),
  node("26.10.0", "node-26"),
];

/** For the table. */
export const NODE_VERSIONS: string = `Node ${NODES.map(({ version }) => version).join(", ")}`;

function node(version: string, folder: string): NodeRuntime {
  return { version, file: join(ROOT, "internal/release/runtimes", folder, "node_modules/.bin/node") };
}
