import { defineConfig, type ViteUserConfig } from "vitest/config";

// Workspace packages resolve to their sources, so tests need no build. No "import" here: Vitest hands these to Node,
// where it would make `require` load the wrong half of a dual package.
const conditions = ["source", "node"];

const config: ViteUserConfig = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ["{packages,internal,examples}/*/test/**/*.test.ts"],
    // To end what hangs, not to time anything: a busy machine may take long to start a process.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // The last line says what ran, in a form that any CI can read.
    // Of what runs in the tests' own processes. Servers and workers that they start are not seen.
    coverage: { provider: "v8", include: ["packages/*/src/**"], reporter: ["text-summary"] },
    reporters: ["default", "./internal/test-support/src/plain-summary.ts"],
  },
});

export default config;
