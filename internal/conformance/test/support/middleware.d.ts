// Popular middleware, as far as the tests use it. Most of it has its types in further packages, each its own.
type ConnectMiddleware = import("conformance/hostile").Connect;
type OnHeaders = (res: import("node:http").ServerResponse, listener: () => void) => void;

declare module "compression" {
  export default function compression(options: { threshold: number }): ConnectMiddleware;
}
declare module "connect" {
  const connect: typeof import("express");
  export default connect;
}
declare module "cookie-session" {
  export default function cookieSession(options: object): ConnectMiddleware;
}
declare module "cors" {
  export default function cors(): ConnectMiddleware;
}
declare module "express-session" {
  export default function session(options: object): ConnectMiddleware;
}
declare module "morgan" {
  export default function morgan(format: string, options: object): ConnectMiddleware;
}
declare module "on-headers" {
  const onHeaders: OnHeaders;
  export default onHeaders;
}
declare module "on-headers-1.0" {
  const onHeaders: OnHeaders;
  export default onHeaders;
}
declare module "polka" {
  export default function polka(options?: object): {
    use(...middleware: ConnectMiddleware[]): { handler: import("node:http").RequestListener };
  };
}
declare module "response-time" {
  export default function responseTime(): ConnectMiddleware;
}
