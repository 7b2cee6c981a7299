/** What the page says of a middleware: it reads a clone. */
export async function onRequest(context: Context, next: () => Promise<Response>): Promise<Response> {
  await context.request.clone().text();
  console.log("something has read the body first");
  return next();
}

interface Context {
  readonly request: Request;
}
