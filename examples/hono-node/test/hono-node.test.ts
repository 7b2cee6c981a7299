import { testExample } from "conformance/example-contract";

testExample("hono-node");
