/** What the page says of a hook: it reads a clone. */
export async function handle({ event, resolve }: Input): Promise<Response> {
  await event.request.clone().text();
  console.log("something has read the body first");
  return resolve(event);
}

interface Input {
  readonly event: { readonly request: Request };
  readonly resolve: (event: unknown) => Promise<Response>;
}
