import { testExample } from "conformance/example-contract";

testExample("fastify");
