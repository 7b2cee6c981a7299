/** The server under test as a Worker without a framework. */
import { createFetchApp } from "./fetch-app.ts";

const { fetch } = createFetchApp();

const worker = {
  fetch: (request: Request, _env: unknown, execution: unknown): Promise<Response> =>
    fetch(request, execution),
};
export default worker;
