import { Writable } from "node:stream";
import compression from "compression";
import type { Connect, MiddlewareRow } from "conformance/hostile";
import { THROWN } from "conformance/hostile";
import cookieSession from "cookie-session";
import cors from "cors";
import { rateLimit } from "express-rate-limit";
import session from "express-session";
import expressWinston from "express-winston";
import helmet from "helmet";
import log4js from "log4js";
import morgan from "morgan";
import onHeaders from "on-headers";
import onHeaders10 from "on-headers-1.0";
import { pinoHttp } from "pino-http";
import responseTime from "response-time";
import winston from "winston";

const nowhere = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });
const asConnect = (middleware: unknown): Connect => middleware as Connect;

log4js.configure({
  appenders: { kept: { type: "recording" } },
  categories: { default: { appenders: ["kept"], level: "debug" } },
});

const limiter = rateLimit({ limit: 1_000_000, standardHeaders: "draft-8", validate: false });
const winstonLogger = expressWinston.logger({
  transports: [new winston.transports.Stream({ stream: nowhere() })],
  requestWhitelist: ["headers", "body"],
  responseWhitelist: ["body", "statusCode"],
});

function row(name: string, use: Connect): MiddlewareRow {
  return { name, use, effect: "harmless" };
}

function listening(onHeadersOf: typeof onHeaders, listener: () => void): Connect {
  return (_req, res, next) => {
    onHeadersOf(res, listener);
    next();
  };
}

/** What nearly every app of Express has in front. */
export const POPULAR: readonly MiddlewareRow[] = [
  row("morgan", morgan("combined", { stream: nowhere() })),
  row("morgan, at once", morgan("tiny", { stream: nowhere(), immediate: true })),
  row("pino-http", asConnect(pinoHttp({}, nowhere()))),
  row("log4js", asConnect(log4js.connectLogger(log4js.getLogger(), { level: "auto" }))),
  row("compression of all", compression({ threshold: 0 })),
  row("compression from 1 kB", compression({ threshold: 1024 })),
  row("express-session", session({ secret: "of the session", resave: true, saveUninitialized: true })),
  row("cookie-session", cookieSession({ name: "session", secret: "of the session" })),
  row("response-time", responseTime()),
  row(
    "on-headers",
    listening(onHeaders, () => {}),
  ),
  row(
    "on-headers 1.0",
    listening(onHeaders10, () => {}),
  ),
  row("helmet", asConnect(helmet())),
  row("cors", cors()),
  row(
    "all of them",
    chain(
      morgan("tiny", { stream: nowhere() }),
      asConnect(pinoHttp({}, nowhere())),
      asConnect(helmet()),
      cors(),
      responseTime(),
      compression({ threshold: 0 }),
      session({ secret: "of the session", resave: true, saveUninitialized: true }),
      asConnect(log4js.connectLogger(log4js.getLogger(), { level: "auto" })),
      listening(onHeaders10, () => {}),
    ),
  ),
  { name: "a listener of on-headers that throws", use: listening(onHeaders, fail), effect: "throws" },
  { name: "a listener of on-headers 1.0 that throws", use: listening(onHeaders10, fail), effect: "throws" },
];

/** What uses Express's own request. */
export const POPULAR_IN_EXPRESS: readonly MiddlewareRow[] = [
  row("express-winston", asConnect(winstonLogger)),
  row("express-rate-limit", asConnect(limiter)),
];

function fail(): never {
  throw new Error(THROWN);
}

export function chain(...all: readonly Connect[]): Connect {
  return (req, res, next) => {
    const go = (index: number, error?: unknown): void => {
      const use = all[index];
      if (error !== undefined || use === undefined) next(error);
      else use(req, res, (reason) => go(index + 1, reason));
    };
    go(0);
  };
}
