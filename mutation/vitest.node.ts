import { defineConfig, type ViteUserConfig } from "vitest/config";
import { configFor } from "./vitest.shared.ts";

const config: ViteUserConfig = defineConfig(
  configFor({
    conditions: ["source", "node"],
    include: ["packages/core/test/**/*.test.ts"],
    // Thousands of deliveries in one test, and nothing that a smaller one would not notice.
    exclude: ["**/copies.test.ts", "**/vector.test.ts"],
  }),
);

export default config;
