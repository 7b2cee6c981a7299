import type { Child } from "hono/jsx/dom";
import type { FaxView } from "../protocol.ts";
import { PhoneNumber, Status } from "./parts.tsx";
import { timeOf } from "./texts.ts";

const SHOWN = 20;

const KINDS: Readonly<Record<string, string>> = { delivered: "succeeded", failed: "failed" };

export function Faxes({ faxes }: { faxes: readonly FaxView[] }): Child {
  return (
    <section aria-labelledby="faxes">
      <div class="head">
        <h2 id="faxes">Faxes</h2>
        {faxes.length > 0 && <span class="count">{faxes.length}</span>}
      </div>
      {faxes.length === 0 && <p class="muted">None yet. Send one above, or by the API.</p>}
      <ul class="faxes">
        {faxes.slice(0, SHOWN).map((fax) => (
          <li key={fax.id}>
            <span class="muted">{timeOf(fax.createdMs)}</span>
            <PhoneNumber number={fax.to} />
            <Status status={KINDS[fax.status] ?? "pending"} text={statusText(fax)} />
          </li>
        ))}
      </ul>
      {faxes.length > SHOWN && <p class="muted">{faxes.length - SHOWN} older ones: by the API.</p>}
    </section>
  );
}

function statusText({ status, errorCode, attempts, maxAttempts }: FaxView): string {
  // A fax whose data was deleted has its status only.
  if (attempts === 0) return status;
  const tries = `attempt ${attempts} of ${maxAttempts}`;
  return [status.replace("_", " "), errorCode, tries].filter((part) => part !== null).join(", ");
}
