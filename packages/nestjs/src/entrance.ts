import type { IncomingMessage, ServerResponse } from "node:http";
import { isDelivery, type Mounting, type Receiver } from "@mintfax-webhooks/core/adapter";
import { handleNodeRequest, tellIfMissed } from "@mintfax-webhooks/core/node";
import type { ApplicationConfig, HttpAdapterHost } from "@nestjs/core";

/** A request as Nest's middleware gets it: of Express, or Node's own where Fastify is underneath. */
type NestRequest = IncomingMessage & { readonly originalUrl?: string; readonly baseUrl?: string };

/** Where an application hands deliveries to its receiver: in front of all that it does with requests, body parsers included. */
export class Entrance {
  readonly #receiver: Receiver<NestRequest, unknown>;
  readonly #mounting: Mounting;
  readonly #config: ApplicationConfig;
  readonly #unanswered = new Set<ServerResponse>();
  #isOpen = false;
  #isClosing = false;

  /** Puts itself in front, as soon as the application has HTTP. */
  constructor(
    receiver: Receiver<NestRequest, unknown>,
    mounting: Mounting,
    host: HttpAdapterHost,
    config: ApplicationConfig,
  ) {
    this.#receiver = receiver;
    this.#mounting = mounting;
    this.#config = config;
    const middleware = this.#pass.bind(this);
    if (host.httpAdapter) host.httpAdapter.use(middleware);
    // In a test, providers are made before the application is.
    else host.init$.subscribe(() => host.httpAdapter?.use(middleware));
  }

  /**
   * Takes deliveries from now on. A server that listens before its application has started has no handlers yet, and must not
   * take an event for one that has none.
   */
  open(): void {
    this.#isOpen = true;
  }

  /** Has every further answer close its connection: those that are kept alive hold up the end of the server. */
  endConnections(): void {
    this.#isClosing = true;
    for (const res of this.#unanswered) res.shouldKeepAlive = false;
  }

  #pass(req: NestRequest, res: ServerResponse, next: (error?: unknown) => void): void {
    const pathname = pathnameOf(req);
    const pattern = patternOf(pathname, req.baseUrl, this.#config.getGlobalPrefix());
    if (this.#mounting.takes(pathname, pattern, false)) {
      if (this.#isOpen) this.#take(req, res, next);
      else refuse(res);
      return;
    }
    if (isDelivery(req.method, req.headers["webhook-signature"])) tellIfMissed(this.#mounting, pathname, res);
    next();
  }

  #take(req: NestRequest, res: ServerResponse, next: (error?: unknown) => void): void {
    if (this.#isClosing) res.shouldKeepAlive = false;
    this.#unanswered.add(res);
    res.once("close", () => this.#unanswered.delete(res));
    void handleNodeRequest(this.#receiver, req, res, req, next);
  }
}

function refuse(res: ServerResponse): void {
  res.shouldKeepAlive = false;
  res.writeHead(503).end();
}

/**
 * Below the global prefix, which may have parameters, deliveries are taken as from the root: its user may register either URL
 * with mintfax. The application itself may be mounted in one of Express.
 */
function patternOf(pathname: string, baseUrl: string | undefined, globalPrefix: string): string {
  const given = segmentsOf(pathname);
  const mounted = segmentsOf(baseUrl ?? "").length;
  const prefix = segmentsOf(globalPrefix);
  const isBelow = prefix.every(
    (segment, index) => segment.startsWith(":") || segment === given[mounted + index],
  );
  const above = given.slice(0, isBelow ? mounted + prefix.length : mounted);
  return ["", ...above, "*"].join("/");
}

function segmentsOf(path: string): string[] {
  return path.split("/").filter((segment) => segment !== "");
}

function pathnameOf({ originalUrl, url = "" }: NestRequest): string {
  const target = originalUrl ?? url;
  // Some senders put the whole URL into the request line.
  if (!target.startsWith("/")) return URL.canParse(target) ? new URL(target).pathname : "";
  return target.replace(/[?#].*$/s, "");
}
