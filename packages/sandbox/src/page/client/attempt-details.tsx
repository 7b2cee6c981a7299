/** @jsxImportSource hono/jsx/dom */
import { type Child, useEffect, useState } from "hono/jsx/dom";
import type { AttemptDetailsView, AttemptView } from "../protocol.ts";
import { call } from "./call.ts";
import { curlOf } from "./curl.ts";
import { ActionButton, CopyButton, Status } from "./parts.tsx";
import { durationOf, maskNumbersIn, prettyJson, timeOf } from "./texts.ts";

interface Props {
  readonly attempt: AttemptView;
  readonly onOpen: (id: string) => void;
  readonly onClose: () => void;
}

const VARIANTS: readonly (readonly [variant: string, label: string])[] = [
  ["copy", "Send a copy"],
  ["forged", "Send forged"],
  ["stale", "Send stale"],
  ["tampered", "Send tampered"],
];

export function AttemptDetails({ attempt, onOpen, onClose }: Props): Child {
  const { id, status } = attempt;
  const [details, setDetails] = useState<AttemptDetailsView | undefined>(undefined);
  const [fault, setFault] = useState<string | undefined>(undefined);
  // Once more when it has ended.
  useEffect(() => {
    void call<AttemptDetailsView>("GET", `/page/attempts/${id}`)
      .then(setDetails)
      .catch((error: unknown) => setFault((error as Error).message));
  }, [id, status]);
  const send = async (path: string): Promise<void> => {
    const started = await call<{ id?: string }>("POST", `/page/attempts/${id}/${path}`);
    if (started.id !== undefined) onOpen(started.id);
  };
  return (
    <section aria-labelledby="details" class="details">
      <h2 id="details">
        {attempt.eventType}, attempt {attempt.variant ?? attempt.number}
      </h2>
      <p class="actions">
        <button type="button" onClick={onClose}>
          Close
        </button>
        {status === "failed" && <ActionButton label="Retry now" kind="primary" act={() => send("retry")} />}
        {VARIANTS.map(([variant, label]) => (
          <ActionButton key={variant} label={label} act={() => send(`send/${variant}`)} />
        ))}
        {details !== undefined && <CopyButton text={curlOf(details)} label="Copy as curl" />}
      </p>
      {fault !== undefined && <p class="fault">{fault}</p>}
      {details === undefined ? <p>Loading…</p> : <Parts details={details} />}
    </section>
  );
}

function Parts({ details }: { details: AttemptDetailsView }): Child {
  const { startedMs, url, status, statusCode, error, durationMs, reasons, responseBody } = details;
  return (
    <>
      <dl>
        <dt>Sent</dt>
        <dd>
          {timeOf(startedMs)} to <span class="url">{url}</span>
        </dd>
        <dt>Answer</dt>
        <dd>
          <Status status={status} text={statusCode === null ? (error ?? "under way") : `${statusCode}`} />
          {durationMs !== null && ` after ${durationOf(durationMs)}`}
        </dd>
      </dl>
      {responseBody !== null && <AnswerBody body={responseBody} />}
      {reasons !== undefined && (
        <>
          <h3>Why it was refused</h3>
          <ul class="reasons">
            {reasons.map(({ what, why, fix }) => (
              <li key={what}>
                <strong>{what}</strong> {why} {fix !== undefined && <em>{fix}</em>}
              </li>
            ))}
          </ul>
        </>
      )}
      <h3>Request headers</h3>
      <dl class="headers">
        {Object.entries(details.requestHeaders).map(([name, value]) => (
          <>
            <dt class={name.startsWith("webhook-") ? "signed" : ""}>{name}</dt>
            <dd>{value}</dd>
          </>
        ))}
      </dl>
      <Body body={details.requestBody} />
    </>
  );
}

/** What a receiver of this project says in its answer: outcome, code and message. */
function AnswerBody({ body }: { body: string }): Child {
  return (
    <>
      <h3>Answer, its first 4 KB</h3>
      <pre tabindex={0}>{body === "" ? "(empty)" : maskNumbersIn(prettyJson(body))}</pre>
    </>
  );
}

function Body({ body }: { body: string }): Child {
  const [isRaw, setIsRaw] = useState(false);
  const [isShown, setIsShown] = useState(false);
  const text = isRaw ? body : prettyJson(body);
  return (
    <>
      <h3>Request body</h3>
      <p class="actions">
        <label>
          <input type="checkbox" checked={isRaw} onChange={() => setIsRaw(!isRaw)} /> Raw bytes, as signed (
          {new TextEncoder().encode(body).length})
        </label>
        <label>
          <input type="checkbox" checked={isShown} onChange={() => setIsShown(!isShown)} /> Show fax numbers
        </label>
      </p>
      <pre tabindex={0}>{isShown ? text : maskNumbersIn(text)}</pre>
    </>
  );
}
