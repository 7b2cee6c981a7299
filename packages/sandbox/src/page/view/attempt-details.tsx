import { type Child, useEffect, useRef, useState } from "hono/jsx/dom";
import type { Action, AttemptDetailsView, AttemptView } from "../protocol.ts";
import { call } from "./call.ts";
import { curlOf } from "./curl.ts";
import { ActionButton, CopyButton, Status } from "./parts.tsx";
import { durationOf, maskCredentials, maskNumbersIn, prettyJson, timeOf } from "./texts.ts";
import { Wait } from "./wait.tsx";

interface Props {
  readonly attempt: AttemptView;
  readonly onOpen: (id: string) => void;
  readonly onClose: () => void;
  /** How far the server's clock is ahead of the browser's. */
  readonly clockAheadMs: number;
}

const LABELS: Readonly<Record<Action, string>> = {
  retry: "Retry now",
  copy: "Send a copy",
  forged: "Send forged",
  stale: "Send stale",
  tampered: "Send tampered",
};

export function AttemptDetails({ attempt, onOpen, onClose, clockAheadMs }: Props): Child {
  const { id, status, eventType, number, variant } = attempt;
  const heading = useRef<HTMLElement>(null);
  const [details, setDetails] = useState<AttemptDetailsView | undefined>(undefined);
  const [fault, setFault] = useState<string | undefined>(undefined);
  useEffect(() => heading.current?.focus(), []);
  // Once more when it has ended.
  useEffect(() => {
    void call<AttemptDetailsView>("GET", `/page/attempts/${id}`)
      .then(setDetails)
      .catch((error: unknown) => setFault((error as Error).message));
  }, [id, status]);
  const send = async (action: Action): Promise<void> => {
    onOpen((await call<{ id: string }>("POST", `/page/attempts/${id}/${action}`)).id);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Escape") onClose();
  };
  return (
    <section aria-labelledby="details" class="details" onKeyDown={onKeyDown}>
      <div class="head">
        <h2 id="details" ref={heading} tabindex={-1}>
          {eventType}, {variant ?? `attempt ${number}`}
        </h2>
        <button type="button" class="quiet" onClick={onClose}>
          Close
        </button>
      </div>
      {fault !== undefined && (
        <p class="fault" role="alert">
          {fault}
        </p>
      )}
      {details === undefined ? (
        <p class="muted">Loading…</p>
      ) : (
        <>
          <p class="actions">
            {details.actions.map((action) => (
              <ActionButton
                key={action}
                label={LABELS[action]}
                kind={action === "retry" ? "primary" : ""}
                act={() => send(action)}
              />
            ))}
            <CopyButton text={curlOf(details)} label="Copy as curl" />
          </p>
          <Parts details={details} clockAheadMs={clockAheadMs} />
        </>
      )}
    </section>
  );
}

function Parts({ details, clockAheadMs }: { details: AttemptDetailsView; clockAheadMs: number }): Child {
  const { startedMs, url, status, statusCode, error, durationMs, reasons, responseBody, eventId, wait } =
    details;
  return (
    <>
      <dl class="facts">
        <dt>Answer</dt>
        <dd>
          <Status status={status} text={statusCode === null ? (error ?? "under way") : `${statusCode}`} />
          {durationMs !== null && <span class="muted"> after {durationOf(durationMs)}</span>}
        </dd>
        {wait !== null && (
          <>
            <dt>Next attempt</dt>
            <dd>
              <Wait wait={wait} clockAheadMs={clockAheadMs} />
            </dd>
          </>
        )}
        <dt>Sent</dt>
        <dd>
          {timeOf(startedMs)} <span class="muted">to</span> <span class="url">{url}</span>
        </dd>
        <dt>Event</dt>
        <dd>
          <code>{eventId === "" ? "no webhook-id" : eventId}</code>
        </dd>
      </dl>
      {reasons !== undefined && reasons.length > 0 && (
        <div class="reasons">
          <h3>{status === "failed" ? "Why it was refused" : "What is wrong with it"}</h3>
          <ul>
            {reasons.map(({ what, why, fix }) => (
              <li key={what}>
                <strong>{what}</strong> <span>{why}</span>
                {fix !== undefined && fix !== "" && <p class="fix">{fix}</p>}
              </li>
            ))}
          </ul>
        </div>
      )}
      {responseBody !== null && <AnswerBody body={responseBody} />}
      <h3>Request headers</h3>
      <dl class="headers">
        {details.requestHeaders.map(([name, value]) => (
          <>
            <dt class={name.toLowerCase().startsWith("webhook-") ? "signed" : ""}>{name}</dt>
            <dd>{maskCredentials(name, value)}</dd>
          </>
        ))}
      </dl>
      <Body body={details.requestBody} bytes={details.requestBodyBytes} />
    </>
  );
}

/** What a receiver of this project says in its answer: outcome, code and message. */
function AnswerBody({ body }: { body: string }): Child {
  return (
    <>
      <h3>
        Answer <span class="muted">its first 4 KB</span>
      </h3>
      <pre tabindex={0}>{body === "" ? "(empty)" : maskNumbersIn(prettyJson(body))}</pre>
    </>
  );
}

function Body({ body, bytes }: { body: string; bytes: number }): Child {
  const [isRaw, setIsRaw] = useState(false);
  const [isShown, setIsShown] = useState(false);
  const text = isRaw ? body : prettyJson(body);
  return (
    <>
      <h3>
        Request body <span class="muted">{bytes} bytes</span>
      </h3>
      <p class="options">
        <label>
          <input type="checkbox" checked={isRaw} onChange={() => setIsRaw(!isRaw)} /> Raw bytes, as signed
        </label>
        <label>
          <input type="checkbox" checked={isShown} onChange={() => setIsShown(!isShown)} /> Show fax numbers
        </label>
      </p>
      <pre tabindex={0}>{text === "" ? "(empty)" : isShown ? text : maskNumbersIn(text)}</pre>
    </>
  );
}
