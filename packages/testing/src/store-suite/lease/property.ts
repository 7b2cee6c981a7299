import type { Property } from "../build-suite.ts";
import type { OpenedLeaseStore } from "../lease-options.ts";

export type LeaseProperty = Property<OpenedLeaseStore>;
