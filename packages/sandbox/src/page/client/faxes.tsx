/** @jsxImportSource hono/jsx/dom */
import type { Child } from "hono/jsx/dom";
import type { FaxView } from "../protocol.ts";
import { PhoneNumber, Status } from "./parts.tsx";
import { timeOf } from "./texts.ts";

const SHOWN = 20;

const KINDS: Readonly<Record<string, string>> = { delivered: "succeeded", failed: "failed" };

export function Faxes({ faxes }: { faxes: readonly FaxView[] }): Child {
  return (
    <section aria-labelledby="faxes">
      <h2 id="faxes">Faxes</h2>
      {faxes.length === 0 && <p>None yet. Send one above, or by the API.</p>}
      <ul class="faxes">
        {faxes.slice(0, SHOWN).map((fax) => (
          <li key={fax.id}>
            <span>{timeOf(fax.createdMs)}</span> <PhoneNumber number={fax.to} />{" "}
            <Status status={KINDS[fax.status] ?? "pending"} text={statusText(fax)} />
          </li>
        ))}
      </ul>
      {faxes.length > SHOWN && <p>{faxes.length - SHOWN} older ones: by the API.</p>}
    </section>
  );
}

function statusText({ status, errorCode, attempts, maxAttempts }: FaxView): string {
  if (status === "queued") return "queued";
  const tries = `attempt ${attempts} of ${maxAttempts}`;
  return [status.replace("_", " "), errorCode, tries].filter((part) => part !== null).join(", ");
}
