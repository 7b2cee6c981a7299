import { testExample } from "../../../test/support/example-contract.ts";

testExample("fetch");
testExample("fetch", { script: "start:bun" });
// `shutdown()` of Deno.serve takes unread bodies away, so the delivery is refused, and mintfax sends it again.
testExample("fetch", { script: "start:deno", statusOfHalfSent: 400 });
