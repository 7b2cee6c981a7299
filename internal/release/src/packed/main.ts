/**
 * Packs every package as `npm publish` would, installs the tarballs as users do, and shows that they work there.
 * Exits with 1 if anything does not.
 *
 *   pnpm packed [--only <part>]... [--match <part of a line>]
 */
import { parseArgs } from "node:util";
import { consumers } from "./consumers/index.ts";
import { frameworks } from "./frameworks/index.ts";
import { lint } from "./lint/index.ts";
import { newcomer } from "./newcomer/index.ts";
import { createStage } from "./pack/stage.ts";
import { peers } from "./peers/index.ts";
import type { Part } from "./proof.ts";
import { runPart } from "./run-part.ts";

const PARTS: readonly Part[] = [lint, consumers, newcomer, frameworks, peers];

const { values } = parseArgs({
  options: { only: { type: "string", multiple: true }, match: { type: "string", default: "" } },
});
const chosen = PARTS.filter(({ name }) => values.only?.includes(name) ?? true);
const unknown = values.only?.filter((name) => !PARTS.some((part) => part.name === name)) ?? [];
if (unknown.length > 0) {
  console.error(`No part ${unknown.join(", ")}. There are: ${PARTS.map(({ name }) => name).join(", ")}.`);
  process.exit(2);
}

const stage = await createStage();
let holds = true;
try {
  for (const part of chosen) holds = (await runPart(part, stage, values.match)) && holds;
} finally {
  await stage.remove();
}
process.exitCode = holds ? 0 : 1;
