import { testExample } from "../../../test/support/example-contract.ts";

testExample("koa");
