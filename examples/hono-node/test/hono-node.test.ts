import { testExample } from "../../../test/support/example-contract.ts";

testExample("hono-node");
