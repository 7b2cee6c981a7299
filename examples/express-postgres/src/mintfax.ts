const { MINTFAX_API_KEY, MINTFAX_BASE_URL = "https://api.mintfax.com/v1" } = process.env;

/** Sends an order's fax. The order's number as `Idempotency-Key` makes a repeated call the same fax. */
export async function sendFax(order: string, to: string, document: Blob): Promise<string> {
  const form = new FormData();
  form.set("to", to);
  form.set("file", document, "referral.pdf");
  form.append("tags[]", `order=${order}`);
  const answer = await fetch(`${MINTFAX_BASE_URL}/faxes`, {
    method: "POST",
    headers: { authorization: `Bearer ${MINTFAX_API_KEY}`, "idempotency-key": `order-${order}` },
    body: form,
    signal: AbortSignal.timeout(30_000),
  });
  if (!answer.ok) throw new Error(`mintfax answered ${answer.status} to POST /faxes`);
  return ((await answer.json()) as { id: string }).id;
}
