import type { IncomingMessage, ServerResponse } from "node:http";
import { isDelivery, type Mounting, type Receiver } from "@mintfax-webhooks/core/adapter";
import { handleNodeRequest } from "@mintfax-webhooks/core/node";
import type { ApplicationConfig, HttpAdapterHost } from "@nestjs/core";

/** A request as Nest's middleware gets it: of Express, or Node's own where Fastify is underneath. */
type NestRequest = IncomingMessage & { readonly originalUrl?: string };

/**
 * Puts a receiver in front of all that an application does with requests, body parsers included. Nothing happens in an
 * application without HTTP.
 *
 * @returns has every further answer close its connection: those that are kept alive hold up the end of the server
 */
export function mount(
  receiver: Receiver<NestRequest, unknown>,
  mounting: Mounting,
  host: HttpAdapterHost,
  config: ApplicationConfig,
): () => void {
  const unanswered = new Set<ServerResponse>();
  let isClosing = false;
  const middleware = (req: NestRequest, res: ServerResponse, next: (error?: unknown) => void): void => {
    const pathname = pathnameOf(req);
    if (mounting.takes(pathname, patternOf(pathname, config.getGlobalPrefix()), false)) {
      if (isClosing) res.shouldKeepAlive = false;
      unanswered.add(res);
      res.once("close", () => unanswered.delete(res));
      void handleNodeRequest(receiver, req, res, req, next);
      return;
    }
    if (isDelivery(req.method, req.headers["webhook-signature"])) {
      res.once("finish", () => {
        if (res.statusCode === 404) mounting.missed(pathname);
      });
    }
    next();
  };
  if (host.httpAdapter) host.httpAdapter.use(middleware);
  // In a test, providers are made before the application is.
  else host.init$.subscribe(() => host.httpAdapter?.use(middleware));
  return () => {
    isClosing = true;
    for (const res of unanswered) res.shouldKeepAlive = false;
  };
}

/** Below the global prefix, deliveries are taken as from the root: its user may register either URL with mintfax. */
function patternOf(pathname: string, globalPrefix: string): string {
  const prefix = `/${globalPrefix.replace(/^\/|\/$/g, "")}/`;
  return pathname.startsWith(prefix) ? `${prefix}*` : "/*";
}

function pathnameOf({ originalUrl, url = "" }: NestRequest): string {
  const target = originalUrl ?? url;
  // Some senders put the whole URL into the request line.
  if (!target.startsWith("/")) return URL.canParse(target) ? new URL(target).pathname : "";
  return target.replace(/[?#].*$/s, "");
}
