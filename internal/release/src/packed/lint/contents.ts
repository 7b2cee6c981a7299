import { homedir, tmpdir } from "node:os";
import { ROOT } from "test-support/root";
import type { Tarball } from "../pack/tarballs.ts";

const REQUIRED = ["README.md", "LICENSE"];
/** By name, in any folder. */
const TEST_FILE =
  /(^|\/)(tests?|__tests__)\/|\.test\.|\.spec\.|(^|\/)tsconfig.*\.json$|\.tsbuildinfo$|(^|\/)\.env/;
/** Of this machine, and of what a developer's or a CI's usually looks like. */
const LOCAL_PATHS = [ROOT, homedir(), tmpdir(), "file:///", "/home/", "/Users/", "C:\\Users"];

/** What is missing in a tarball, and what ought not to be there. */
export function contentFaults({ files }: Tarball): string[] {
  const faults = REQUIRED.filter((name) => !files.has(name)).map((name) => `has no ${name}`);
  for (const [path, text] of files) {
    if (TEST_FILE.test(path)) faults.push(`publishes ${path}`);
    for (const local of LOCAL_PATHS.filter((local) => text.includes(local))) {
      faults.push(`${path} names the local path ${local}`);
    }
  }
  return faults;
}
