/** For Bun and Deno: prints what {@link resultOf} gives for its argument. */
import { resultOf } from "./catch-up-in-worker.ts";

console.log(JSON.stringify(await resultOf(JSON.parse(process.argv[2] ?? ""))));
