/** A Worker with middleware that unpacks bodies before the receiver, and leaves their packed length in the headers. */
import { mintfaxWebhooks } from "@mintfax-webhooks/hono";
import { type Context, Hono } from "hono";

type Env = { Bindings: { MINTFAX_WEBHOOK_SECRET: string } };

const unpack = (c: Context<Env>, body: ReadableStream<Uint8Array>): void => {
  const { method, url } = c.req.raw;
  const headers = new Headers(c.req.raw.headers);
  headers.delete("content-encoding");
  c.req.raw = new Request(url, { method, headers, body });
};
const unpacked = (c: Context<Env>): ReadableStream<Uint8Array> =>
  (c.req.raw.body as ReadableStream<Uint8Array<ArrayBuffer>>).pipeThrough(new DecompressionStream("gzip"));

const webhooks = mintfaxWebhooks<Env>((c) => ({ secret: c.env.MINTFAX_WEBHOOK_SECRET })).on("*", () => {});

const app: Hono<Env> = new Hono<Env>();
app.use("/native", async (c, next) => {
  unpack(c, unpacked(c));
  await next();
});
app.use("/javascript", async (c, next) => {
  unpack(c, unpacked(c).pipeThrough(new TransformStream({ transform: (chunk, to) => to.enqueue(chunk) })));
  await next();
});
app.on("POST", ["/native", "/javascript"], webhooks.handler);
export default app;
