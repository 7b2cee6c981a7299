import { oneLine } from "../output/text.ts";
import { maskNumber } from "./mask.ts";

/** The parts of an event's resource that are shown. The rest of a payload is for the handler alone. */
export interface Essentials {
  readonly faxId?: string;
  /** Masked, unless whole numbers were asked for. */
  readonly to?: string;
  readonly status?: string;
  readonly pages?: number;
  readonly attempt?: number;
  readonly maxAttempts?: number;
  readonly errorCode?: string;
  readonly available?: number;
  readonly currency?: string;
}

/** Picks them from a verified body. Checks the type of each member. */
export function essentialsOf(body: Uint8Array, showNumbers: boolean): Essentials {
  const { type, data } = JSON.parse(new TextDecoder().decode(body)) as {
    type: string;
    data: { object: unknown };
  };
  const resource = (data.object ?? {}) as Readonly<Record<string, unknown>>;
  const to = text(resource.to);
  const attempts = Array.isArray(resource.attempts) ? resource.attempts.length : undefined;
  return present({
    faxId: type.startsWith("fax.") ? text(resource.id) : undefined,
    to: to === undefined || showNumbers ? to : maskNumber(to),
    status: text(resource.status),
    pages: number(resource.pages),
    attempt: attempts === 0 ? undefined : attempts,
    maxAttempts: number(Number(resource.max_attempts)),
    errorCode: text(resource.error_code),
    available: number(resource.available),
    currency: text(resource.currency),
  });
}

/** In words, for the end of a line. */
export function describe(type: string, essentials: Essentials): string {
  const { to, pages, attempt, maxAttempts, errorCode, available, currency } = essentials;
  if (available !== undefined) return `${(available / 100).toFixed(2)} ${currency ?? ""} left`;
  const about =
    type === "fax.sending" && attempt !== undefined
      ? `attempt ${attempt} of ${maxAttempts ?? "?"}`
      : type === "fax.delivered" && pages !== undefined
        ? `${pages} ${pages === 1 ? "page" : "pages"}`
        : errorCode;
  return [to, about].filter((part) => part !== undefined).join(", ");
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? oneLine(value) : undefined;
}

function number(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

function present(
  essentials: { readonly [Key in keyof Essentials]: Essentials[Key] | undefined },
): Essentials {
  return Object.fromEntries(Object.entries(essentials).filter(([, value]) => value !== undefined));
}
