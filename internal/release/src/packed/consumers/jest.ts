import type { Stage } from "../pack/stage.ts";
import type { Proof } from "../proof.ts";
import { run } from "../run.ts";
import { SECRET } from "./delivery.ts";
import { dependenciesOn, specifiersOf } from "./entries.ts";

/** It depends on packages that are ES modules only: Jest's CommonJS mode has to transform these. */
const NEEDS_TRANSFORM = "@mintfax-webhooks/diagnose";
const JEST = "node_modules/jest/bin/jest.js";

/** Users' tests in Jest, with no setting of Jest's that names our packages. */
export const jest: readonly Proof[] = [
  { name: "Jest, CommonJS, ts-jest and babel-jest", run: commonjs },
  { name: "Jest, ES modules, ts-jest", run: modules },
];

async function commonjs(stage: Stage): Promise<string> {
  const manifests = stage.tarballs.map(({ manifest }) => manifest);
  const folder = await stage.install("jest", dependenciesOn(manifests));
  const entries = manifests.flatMap(specifiersOf);
  const [others = [], plain = []] = [true, false].map((needs) =>
    entries.filter((entry) => entry.startsWith(NEEDS_TRANSFORM) === needs),
  );
  const runs = [
    { config: "ts-jest.json", entries: plain },
    { config: "babel-jest.json", entries: plain },
    { config: "babel-jest-diagnose.json", entries: others },
  ];
  for (const { config, entries } of runs) {
    const env = { ...stage.env, MINTFAX_WEBHOOK_SECRET: SECRET, ENTRIES: JSON.stringify(entries) };
    await run(process.execPath, [JEST, "--config", config], { cwd: folder, env });
  }
  return `deliveries handled; ${entries.length} entries load their CommonJS twins`;
}

async function modules(stage: Stage): Promise<string> {
  const folder = await stage.install("jest", dependenciesOn(stage.tarballs.map(({ manifest }) => manifest)));
  const env = { ...stage.env, MINTFAX_WEBHOOK_SECRET: SECRET };
  const args = ["--experimental-vm-modules", JEST, "--config", "ts-jest-esm.json", "webhooks"];
  await run(process.execPath, args, { cwd: folder, env });
  return "deliveries handled";
}
