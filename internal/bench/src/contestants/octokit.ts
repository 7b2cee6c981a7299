import { createNodeMiddleware, Webhooks } from "@octokit/webhooks";
import { KEY, PATH } from "../terms.ts";
import type { MakeListener } from "./contestant.ts";
import { use } from "./use.ts";

/** As its README has it. */
export const middleware: MakeListener = (count) => {
  const webhooks = new Webhooks({ secret: KEY });
  webhooks.on("push", async ({ payload }) => {
    use(payload);
    count();
  });
  return createNodeMiddleware(webhooks, { path: PATH });
};
