/** The event as the guides' handlers take it. */
export interface GuideEvent {
  readonly type: string;
  readonly data: { readonly object: { readonly pages?: number } };
}

/** What a vendor's guide leaves to its reader: a switch over the type, and something done. */
export async function handleByGuide(event: GuideEvent, done: (pages: unknown) => void): Promise<void> {
  switch (event.type) {
    case "fax.delivered":
      done(event.data.object.pages);
      break;
    default:
      break;
  }
}
