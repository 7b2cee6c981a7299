/** The checks as a process of Node, Bun or Deno. Its argument says what to expect, its output is what became of it. */
import { type Expected, runChecks } from "./check.ts";
import { checks } from "./checks.ts";
import { nodeHttpChecks } from "./node-http.ts";

const expected = JSON.parse(process.argv[2] ?? "") as Expected;
const results = await runChecks([...checks, ...nodeHttpChecks], expected);
for (const result of results) console.log(JSON.stringify(result));
