import { testExample } from "conformance/example-contract";

testExample("lambda");
