import { Webhook } from "standardwebhooks";

/** The commonest mistake: it verifies what it has parsed and written again. */
export function naiveReceiver(secret: string): (request: Request) => Promise<Response> {
  const webhook = new Webhook(secret);
  return async (request) => {
    const body: unknown = await request.json();
    try {
      webhook.verify(JSON.stringify(body), Object.fromEntries(request.headers));
      return new Response();
    } catch {
      return new Response(null, { status: 400 });
    }
  };
}
