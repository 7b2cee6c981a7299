import type { Child } from "hono/jsx/dom";
import type { AttemptView } from "../protocol.ts";
import { Status } from "./parts.tsx";
import { durationOf, timeOf } from "./texts.ts";
import { Wait } from "./wait.tsx";

interface RowProps {
  readonly attempt: AttemptView;
  readonly rowIndex: number;
  readonly isOpened: boolean;
  readonly onOpen: (id: string) => void;
  readonly clockAheadMs: number;
}

export function AttemptRow({ attempt, rowIndex, isOpened, onOpen, clockAheadMs }: RowProps): Child {
  const {
    id,
    url,
    startedMs,
    eventType,
    number,
    manual,
    variant,
    status,
    statusCode,
    error,
    durationMs,
    wait,
  } = attempt;
  const kind = variant ?? (manual ? `${number}, by hand` : `${number}`);
  const answer = statusCode === null ? (error === null ? "under way" : "no answer") : `${statusCode}`;
  const took = durationMs === null ? "" : durationOf(durationMs);
  return (
    <tr class={`row${isOpened ? " opened" : ""}${variant === null ? "" : " aside"}`} aria-rowindex={rowIndex}>
      <td class="time">{timeOf(startedMs)}</td>
      <td class="event">
        <button
          type="button"
          data-attempt={id}
          aria-expanded={isOpened ? "true" : "false"}
          onClick={() => onOpen(id)}
        >
          {eventType}
        </button>
        <span class="under">
          {timeOf(startedMs)} · {variant ?? `#${number}`}
        </span>
      </td>
      <td class="endpoint">{url.replace(/^https?:\/\//, "")}</td>
      <td class="number">{kind}</td>
      <td class="answer">
        <Status status={status} text={answer} />
      </td>
      <td class="took">{took}</td>
      <td class="next">{wait !== null && <Wait wait={wait} clockAheadMs={clockAheadMs} />}</td>
    </tr>
  );
}
