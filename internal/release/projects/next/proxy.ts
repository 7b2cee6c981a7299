/** What the page says of middleware: what it reads is a copy. */
export async function proxy(request: Request): Promise<void> {
  if (request.method !== "POST") return;
  await request.text();
  console.log("something has read the body first");
}
