/**
 * Runs the tree's own suites on what a user has installed: in place of sources and of devDependencies, whichever the
 * project in `PACKED_PROJECT` has in its `node_modules`. `PACKED_NAMES` says what tests call it: `{"redis4": "redis"}`.
 */
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ROOT } from "test-support/root";
import { LIMITS, resolvedFor } from "test-support/vitest-settings";
import { defineConfig, type ViteUserConfig } from "vitest/config";

const project = process.env.PACKED_PROJECT ?? "";
const names = JSON.parse(process.env.PACKED_NAMES ?? "{}") as Record<string, string>;

const config: ViteUserConfig = defineConfig({
  ...resolvedFor("node"),
  root: ROOT,
  plugins: [
    {
      name: "installed",
      enforce: "pre",
      async resolveId(specifier) {
        const [, name = "", subpath = ""] = /^((?:@[^/]+\/)?[^/]+)(\/.*)?$/.exec(specifier) ?? [];
        const installed = names[name];
        if (installed === undefined) return undefined;
        const resolved = await this.resolve(installed + subpath, join(project, "package.json"), {
          skipSelf: true,
        });
        appendFileSync(join(project, "resolved"), `${name} ${resolved?.id}\n`);
        return resolved;
      },
    },
  ],
  test: {
    ...LIMITS,
    // Older frameworks, too.
    env: { TEST_ALL: "true" },
    // It would remember what a module imported in another project.
    fsModuleCache: false,
    reporters: ["minimal", fileURLToPath(import.meta.resolve("test-support/plain-summary"))],
  },
});

export default config;
