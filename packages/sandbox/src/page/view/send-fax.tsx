import { type Child, useState } from "hono/jsx/dom";
import { call } from "./call.ts";
import { ActionButton } from "./parts.tsx";

type Scenario = readonly [to: string, label: string];

/** mintfax's magic numbers (sandbox-scenarios, May 2026). */
const DELIVERED: readonly Scenario[] = [
  ["+15005550001", "Delivered, 1 page"],
  ["+15005550007", "Delivered, 3 pages"],
  ["+15005550004", "Fails once, then delivered"],
];
const FAILED: readonly Scenario[] = [
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
  const button = ([to, label]: Scenario): Child => (
    <ActionButton key={to} label={label} act={() => call("POST", "/page/faxes", { to, arrival })} />
  );
  return (
    <section aria-labelledby="send">
      <div class="head">
        <h2 id="send">Send a fax</h2>
      </div>
      {!hasEndpoint && <p class="muted">Register an endpoint first: without one, nothing is sent.</p>}
      <h3>It arrives</h3>
      <div class="buttons">{DELIVERED.map(button)}</div>
      <h3>It fails</h3>
      <div class="buttons">{FAILED.map(button)}</div>
      <p>
        <label>
          Its events come{" "}
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
      <h3>
        Balance <span class="muted">mintfax does not send these yet</span>
      </h3>
      <div class="buttons">
        {["balance.low", "balance.topup"].map((type) => (
          <ActionButton key={type} label={type} act={() => call("POST", "/page/events", { type })} />
        ))}
      </div>
    </section>
  );
}
