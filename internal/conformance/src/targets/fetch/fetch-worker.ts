/** The server under test as a Worker without a framework. */
import { createFetchApp } from "./fetch-app.ts";

/** Called with `(request, env, ctx)`. */
const worker: Pick<ReturnType<typeof createFetchApp>, "fetch"> = createFetchApp();
export default worker;
