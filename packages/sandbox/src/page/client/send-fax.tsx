/** @jsxImportSource hono/jsx/dom */
import { type Child, useState } from "hono/jsx/dom";
import { call } from "./call.ts";
import { ActionButton } from "./parts.tsx";

/** mintfax's magic numbers (sandbox-scenarios, May 2026). */
const SCENARIOS: readonly (readonly [to: string, label: string])[] = [
  ["+15005550001", "Delivered, 1 page"],
  ["+15005550007", "Delivered, 3 pages"],
  ["+15005550004", "Fails once, then delivered"],
  ["+15005550002", "Busy"],
  ["+15005550003", "No answer"],
  ["+15005550005", "Line quality"],
  ["+15005550008", "Invalid number"],
];

const ARRIVALS: readonly (readonly [value: string, label: string])[] = [
  ["in_order", "in order"],
  ["out_of_order", "out of order"],
  ["doubled", "each one twice"],
  ["lost", "not at all"],
];

export function SendFax({ hasEndpoint }: { hasEndpoint: boolean }): Child {
  const [arrival, setArrival] = useState("in_order");
  return (
    <section aria-labelledby="send">
      <h2 id="send">Send a fax</h2>
      {!hasEndpoint && <p>Register an endpoint first, or nothing is sent.</p>}
      <p>
        <label>
          Its events arrive{" "}
          <select
            value={arrival}
            onChange={(event: Event) => setArrival((event.target as HTMLSelectElement).value)}
          >
            {ARRIVALS.map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        </label>
      </p>
      <div class="buttons">
        {SCENARIOS.map(([to, label]) => (
          <ActionButton key={to} label={label} act={() => call("POST", "/page/faxes", { to, arrival })} />
        ))}
        {["balance.low", "balance.topup"].map((type) => (
          <ActionButton key={type} label={type} act={() => call("POST", "/page/events", { type })} />
        ))}
      </div>
    </section>
  );
}
