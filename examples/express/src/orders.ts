import { eventOrder, type Fax, type FaxEvent, type UnknownEvent } from "@mintfax-webhooks/express";

interface Order {
  status: string;
  /** {@link eventOrder} of the event the status is from: events may arrive out of order. */
  eventOrder: number;
  pages: number | null;
  errorCode: string | null;
  /** What was done for this order, to show that each event counted once. */
  readonly log: string[];
}

/** The clinic's outgoing faxes by order number. In a real application: tables of its database. */
export class Orders {
  readonly #orders = new Map<string, Order>();
  #topUps = 0;

  add(number: string): void {
    this.#orders.set(number, { status: "new", eventOrder: 0, pages: null, errorCode: null, log: [] });
  }

  follow(event: FaxEvent | UnknownEvent<Fax>): void {
    const fax = event.data.object;
    const order = this.#orders.get(fax.tags.order ?? "");
    // An event may arrive before the order is stored. Throwing makes mintfax deliver it again later.
    if (order === undefined) throw new Error("this fax belongs to no order yet");
    order.log.push(event.type);
    if (eventOrder(event) < order.eventOrder) return;
    Object.assign(order, {
      status: fax.status,
      eventOrder: eventOrder(event),
      pages: fax.pages,
      errorCode: fax.error_code,
    });
  }

  /** Money: twice for one event would be a second charge. */
  orderTopUp(): void {
    this.#topUps += 1;
  }

  overview(): { orders: Record<string, Order>; topUps: number } {
    return { orders: Object.fromEntries(this.#orders), topUps: this.#topUps };
  }
}
