/** The least that a Worker can do with a delivery: reads the body, answers. */
export default {
  async fetch(request: Request): Promise<Response> {
    const { byteLength } = await request.arrayBuffer();
    return new Response(byteLength > 0 ? "ok" : "empty");
  },
};
