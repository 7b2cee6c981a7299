/** Deliveries without HTTP, for what has to be measured without it. */
import type { IncomingDelivery, Receiver } from "@mintfax-webhooks/core/adapter";
import { deliveriesOf } from "../load/requests.ts";

/** Fresh deliveries as a framework's adapter would hand them over. */
export function incoming(count: number): IncomingDelivery[] {
  const deliveryOf = deliveriesOf("mintfax");
  return Array.from({ length: count }, (_, n) => {
    const { headers, body } = deliveryOf(n);
    const bytes = Buffer.from(body, "latin1");
    return {
      method: "POST",
      header: (name) => headers[name],
      readBody: async () => bytes,
      platform: undefined,
    };
  });
}

/** @throws {Error} where it is answered with anything but `processed` */
export async function receive<Tx>(
  receiver: Receiver<unknown, Tx>,
  delivery: IncomingDelivery,
): Promise<void> {
  const { status, body } = await receiver.receive(delivery);
  if (status !== 200 || !body.includes('"outcome":"processed"')) throw new Error(`${status} ${body}`);
}
