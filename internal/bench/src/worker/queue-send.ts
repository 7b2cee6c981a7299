/** What a Worker does without this package: stores the body in the queue, and answers. */
export default {
  async fetch(
    request: Request,
    env: { readonly FAXES: { send(message: unknown): Promise<unknown> } },
  ): Promise<Response> {
    await env.FAXES.send({ body: await request.text() });
    return new Response("ok");
  },
};
