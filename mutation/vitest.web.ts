import { defineConfig, type ViteUserConfig } from "vitest/config";
import { configFor } from "./vitest.shared.ts";

const config: ViteUserConfig = defineConfig(
  configFor({
    conditions: ["source", "workerd"],
    include: ["packages/core/test/{vector,lease,transactional,dispatch,observe}.test.ts"],
    exclude: [],
  }),
);

export default config;
