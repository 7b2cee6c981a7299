/**
 * Runs a block as a module of a reader's, with the application that the pages take for granted, and serves what it exports
 * to be served: `node run-block.ts <file> <port>`. Sends "ran" to its parent when the module has been evaluated.
 */
import { createServer } from "node:http";
import { pathToFileURL } from "node:url";
import { getRequestListener } from "@hono/node-server";

type Handle = (request: Request) => Response | Promise<Response>;

const [, , file = "", port] = process.argv;

Object.assign(globalThis, {
  orders: new Proxy(
    {},
    {
      get: (_, name) => (order: unknown, what: unknown) =>
        Promise.resolve(console.log(`orders.${String(name)}`, order, what)),
    },
  ),
  saveRequest: () => console.log("saved"),
});

const { POST, default: app } = (await import(pathToFileURL(file).href)) as {
  readonly POST?: Handle;
  readonly default?: { readonly fetch?: Handle };
};
const handle = POST ?? app?.fetch;
if (handle !== undefined) createServer(getRequestListener((request) => handle(request))).listen(Number(port));
process.send?.("ran");
