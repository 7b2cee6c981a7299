/** The checks as a Worker. The request says what to expect, the answer is what became of it. */
import { type Expected, runChecks } from "./check.ts";
import { checks } from "./checks.ts";

export default {
  async fetch(request: Request): Promise<Response> {
    const results = await runChecks(checks, (await request.json()) as Expected);
    return new Response(results.map((result) => `${JSON.stringify(result)}\n`).join(""));
  },
};
