import { testTelemetry } from "./support/behaviours/index.ts";

testTelemetry(/^1\.10\./);
