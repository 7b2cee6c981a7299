import { testExample } from "conformance/example-contract";

testExample("fetch");
// Bun and Deno close a kept connection on which they wait for a request, though one may be on its way. mintfax sends it again.
testExample("fetch", { script: "start:bun", underLoad: "some are reset" });
// `shutdown()` of Deno.serve drops unread bodies, so the delivery is refused, and mintfax sends it again.
testExample("fetch", { script: "start:deno", statusOfHalfSent: 400, underLoad: "some are reset" });
