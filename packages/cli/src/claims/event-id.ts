import { InvalidArgumentError } from "commander";

/** Checks an argument that names an event: a `webhook-id`. */
export function eventId(text: string): string {
  if (/^fax_/.test(text)) {
    throw new InvalidArgumentError(
      "expected an event's id (evt_...), as in the header webhook-id; this is a fax's.",
    );
  }
  if (/^[!-~]{1,256}$/.test(text) && !text.includes(".")) return text;
  throw new InvalidArgumentError(
    "expected an event's id, as in the header webhook-id: 1 to 256 visible ASCII characters without a dot.",
  );
}
