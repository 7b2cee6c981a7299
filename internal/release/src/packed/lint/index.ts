import type { Part, Proof } from "../proof.ts";
import { typesFaults } from "./are-the-types-wrong.ts";
import { contentFaults } from "./contents.ts";
import { manifestFaults } from "./manifest.ts";
import { mapFaults } from "./maps.ts";
import { publintFaults } from "./publint.ts";

/** What can be said of a tarball by looking at it. */
export const lint: Part = {
  name: "lint",
  title: "The tarballs, looked at",
  proofs: ({ tarballs }) =>
    tarballs.map(
      (tarball): Proof => ({
        name: tarball.manifest.name,
        async run() {
          const faults = [
            ...contentFaults(tarball),
            ...manifestFaults(tarball, tarballs),
            ...mapFaults(tarball),
            ...(await publintFaults(tarball)),
            ...(await typesFaults(tarball)),
          ];
          if (faults.length > 0) throw new Error(faults.join("\n"));
          const kilobytes = (tarball.bytes.length / 1000).toFixed(0);
          return `${tarball.files.size} files, ${kilobytes} kB; publint, attw, exports, maps`;
        },
      }),
    ),
};
