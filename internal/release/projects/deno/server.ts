import { createFetchHandler } from "@mintfax-webhooks/core";

const handled: string[] = [];
const webhooks = createFetchHandler().on("fax.delivered", ({ id }) => {
  handled.push(id);
});

Deno.serve(
  { hostname: "127.0.0.1", port: 0, onListen: ({ port }) => console.log(`http://127.0.0.1:${port}`) },
  (request) => (new URL(request.url).pathname === "/handled" ? Response.json(handled) : webhooks(request)),
);
