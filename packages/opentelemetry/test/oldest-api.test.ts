import { vi } from "vitest";
import { testTelemetry } from "./support/behaviours/index.ts";

// The low end of the peer range, with the SDK that goes with it.
vi.mock("@opentelemetry/api", () => import("../../../runtimes/opentelemetry-2/src/api.ts"));
vi.mock("./support/sdk.ts", () => import("../../../runtimes/opentelemetry-2/src/sdk.ts"));

testTelemetry(/^1\.9\.0$/);
