import type { Proof } from "../proof.ts";
import { run } from "../run.ts";
import { DELIVERED } from "./delivery.ts";
import { NODE_VERSIONS, NODES } from "./nodes.ts";
import { deliverTo } from "./server-process.ts";

/** Users' servers in JavaScript, on every Node. */
export const javascript: readonly Proof[] = [
  { name: "ES modules, Express 5", run: (stage) => onEveryNode(stage.install("esm")) },
  { name: "CommonJS, Express 4", run: (stage) => onEveryNode(stage.install("commonjs")) },
];

async function onEveryNode(installing: Promise<string>): Promise<string> {
  const folder = await installing;
  for (const { file, version } of NODES) {
    // That it is the one that the table says.
    const actual = (await run(file, ["--version"], { cwd: folder })).trim();
    if (actual !== `v${version}`) throw new Error(`${file} is Node ${actual}, not ${version}`);
    await deliverTo(file, ["server.js"], folder);
  }
  return `${DELIVERED}; ${NODE_VERSIONS}`;
}
