import { vi } from "vitest";
import { testTelemetry } from "./support/behaviours/index.ts";

// The low end of the peer range, with the SDK that goes with it.
vi.mock("@opentelemetry/api", () => import("runtime-opentelemetry-2/api"));
vi.mock("./support/sdk.ts", () => import("runtime-opentelemetry-2/sdk"));

testTelemetry(/^1\.9\.0$/);
