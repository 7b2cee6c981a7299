import type { AdapterTarget } from "conformance/adapter-suite";
import { EXPRESS_5 } from "conformance/targets/express";
import { FETCH_ON_NODE } from "conformance/targets/fetch";

/** In place of `conformance/src/targets`: core's part for Node, and its part for a `Request`, in a few seconds. */
export const ADAPTER_TARGETS: readonly AdapterTarget[] = [EXPRESS_5, FETCH_ON_NODE];

export const SECOND_TARGETS: readonly AdapterTarget[] = [];
