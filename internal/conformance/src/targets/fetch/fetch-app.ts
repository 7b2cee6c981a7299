import { createFetchHandler, type FetchHandler } from "@mintfax-webhooks/core";
import { createSuiteApp, type Lane, type SuiteApp } from "../../adapter-suite/app/index.ts";

/** The server under test without a framework: routes by hand, as with `Bun.serve` or in a bare Worker. */
export function createFetchApp(): {
  readonly fetch: (request: Request, ...platform: unknown[]) => Promise<Response>;
  readonly suite: SuiteApp;
} {
  const suite = createSuiteApp();
  const receivers = new Map(suite.lanes.map((lane) => [lane.path, { lane, webhooks: receiverOf(lane) }]));
  return {
    suite,
    async fetch(request, ...platform) {
      const { pathname } = new URL(request.url);
      const { lane, webhooks } = receivers.get(pathname.replace(/\/$/, "")) ?? {};
      if (webhooks !== undefined) {
        if (lane?.mount.by === "use behind a parser") await request.json();
        return webhooks(request, ...platform);
      }
      if (pathname === "/echo") return Response.json(await request.json());
      const answer = suite.control(request.url);
      return answer === undefined ? new Response("Not found", { status: 404 }) : Response.json(await answer);
    },
  };
}

function receiverOf({ options: { path: _, ...options }, ready }: Lane): FetchHandler<unknown> {
  const webhooks = createFetchHandler(options);
  ready(webhooks);
  return webhooks;
}
