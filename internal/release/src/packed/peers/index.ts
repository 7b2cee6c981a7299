import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { minVersion } from "semver";
import { compile, versionsOf } from "../consumers/compilers.ts";
import { ends } from "../ends.ts";
import type { Stage } from "../pack/stage.ts";
import type { Manifest } from "../pack/tarballs.ts";
import type { Part, Proof } from "../proof.ts";
import { runSuite } from "./run-suite.ts";
import { ALONGSIDE, SUITES, TYPE_PROJECTS } from "./suites.ts";

/** Every peer of every package, at all ends of its range. */
export const peers: Part = {
  name: "peers",
  title: "The ends of every peer's range, each with the suite of the package",
  proofs: (stage) =>
    stage.tarballs.flatMap(({ manifest }) =>
      Object.entries(isOfOthers(manifest) ? {} : (manifest.peerDependencies ?? {})).flatMap(([peer, range]) =>
        ends(range)
          .filter((end) => !isForOneNode(peer, end))
          .map(
            (end): Proof => ({
              name: `${manifest.name.split("/")[1]} with ${peer} ${end}`,
              run: () =>
                peer in TYPE_PROJECTS ? compiles(peer, end, stage) : passes(manifest, peer, end, stage),
            }),
          ),
      ),
    ),
};

/** The command's peers are those of queue and of the stores, whose suites run on both ends. */
function isOfOthers({ name }: Manifest): boolean {
  return name === "@mintfax-webhooks/cli";
}

/** Version 12 is compiled for the Node that installs it. `packages/sqlite/test/runtimes.test.ts` runs the lowest in that one. */
function isForOneNode(peer: string, end: string): boolean {
  return peer === "better-sqlite3" && minVersion(end)?.major === 12;
}

async function passes(manifest: Manifest, peer: string, end: string, stage: Stage): Promise<string> {
  const suiteOf = SUITES[peer];
  if (suiteOf === undefined)
    throw new Error(`no suite is known for it; add one to internal/release/src/packed/peers/suites.ts`);
  const wanted = {
    [manifest.name]: "latest",
    "@mintfax-webhooks/testing": "latest",
    [peer]: end,
    ...ALONGSIDE[peer]?.(end),
  };
  const folder = await stage.install("entries", wanted);
  const version = await installedVersion(folder, peer);
  const passed = await runSuite(folder, peer, suiteOf(version));
  return `${version}: ${passed} cases`;
}

async function compiles(peer: string, end: string, stage: Stage): Promise<string> {
  const folder = await stage.install(TYPE_PROJECTS[peer] ?? "", { [peer]: end });
  await compile(folder);
  return `${await installedVersion(folder, peer)}: ${versionsOf()}`;
}

async function installedVersion(folder: string, name: string): Promise<string> {
  const path = join(folder, "node_modules", name, "package.json");
  return (JSON.parse(await readFile(path, "utf8")) as Manifest).version;
}
