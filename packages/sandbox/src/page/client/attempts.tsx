/** @jsxImportSource hono/jsx/dom */
import { type Child, useEffect, useMemo, useRef, useState } from "hono/jsx/dom";
import type { AttemptView, EndpointView } from "../protocol.ts";
import { Status } from "./parts.tsx";
import { durationOf, timeOf } from "./texts.ts";

interface AttemptsProps {
  readonly attempts: readonly AttemptView[];
  readonly endpoints: readonly EndpointView[];
  readonly opened: string | undefined;
  readonly onOpen: (id: string) => void;
  /** How far the sandbox's clock is ahead of the browser's. */
  readonly clockAheadMs: number;
}

/** Of a row: all have one height, so that only those in sight need to exist. */
const ROW_PX = 36;
const ROWS_BEYOND = 6;

export function Attempts({ attempts, endpoints, opened, onOpen, clockAheadMs }: AttemptsProps): Child {
  const [status, setStatus] = useState("");
  const [type, setType] = useState("");
  const [endpoint, setEndpoint] = useState("");
  const types = useMemo(() => [...new Set(attempts.map(({ eventType }) => eventType))].sort(), [attempts]);
  const shown = useMemo(
    () =>
      attempts.filter(
        (attempt) =>
          (status === "" || attempt.status === status) &&
          (type === "" || attempt.eventType === type) &&
          (endpoint === "" || attempt.endpointId === endpoint),
      ),
    [attempts, status, type, endpoint],
  );
  return (
    <section aria-labelledby="attempts">
      <h2 id="attempts">Attempts</h2>
      <p class="filters">
        <Filter
          label="Status"
          value={status}
          onChange={setStatus}
          values={["succeeded", "failed", "pending"]}
        />
        <Filter label="Type" value={type} onChange={setType} values={types} />
        <Filter
          label="Endpoint"
          value={endpoint}
          onChange={setEndpoint}
          values={endpoints.map(({ id }) => id)}
          labels={endpoints.map(({ url }) => url)}
        />
        <span role="status">
          {shown.length === attempts.length ? `${attempts.length}` : `${shown.length} of ${attempts.length}`}
        </span>
      </p>
      {attempts.length === 0 ? (
        <p>No delivery yet. Register an endpoint and send a fax: each attempt appears here as it happens.</p>
      ) : (
        <List attempts={shown} opened={opened} onOpen={onOpen} clockAheadMs={clockAheadMs} />
      )}
    </section>
  );
}

interface FilterProps {
  readonly label: string;
  readonly value: string;
  readonly values: readonly string[];
  readonly labels?: readonly string[];
  readonly onChange: (value: string) => void;
}

function Filter({ label, value, values, labels = values, onChange }: FilterProps): Child {
  return (
    <label>
      {label}{" "}
      <select value={value} onChange={(event: Event) => onChange((event.target as HTMLSelectElement).value)}>
        <option value="">all</option>
        {values.map((each, index) => (
          <option key={each} value={each}>
            {labels[index]}
          </option>
        ))}
      </select>
    </label>
  );
}

type ListProps = Pick<AttemptsProps, "attempts" | "opened" | "onOpen" | "clockAheadMs">;

function List({ attempts, opened, onOpen, clockAheadMs }: ListProps): Child {
  const list = useRef<HTMLElement>(null);
  const [scrollTop, setScrollTop] = useState(0);
  const inSight = Math.ceil((list.current?.clientHeight ?? 480) / ROW_PX);
  const first = Math.max(
    0,
    Math.min(Math.floor(scrollTop / ROW_PX), attempts.length - inSight) - ROWS_BEYOND,
  );
  const rows = attempts.slice(first, first + inSight + 2 * ROWS_BEYOND);
  const after = attempts.length - first - rows.length;
  const move = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    const buttons = [...(list.current?.querySelectorAll<HTMLElement>("button") ?? [])];
    const next = buttons[buttons.indexOf(document.activeElement as HTMLElement) + step];
    if (next === undefined) return;
    event.preventDefault();
    next.focus();
  };
  return (
    <section
      class="list"
      ref={list}
      aria-label="List of attempts"
      tabindex={0}
      onScroll={(event: Event) => setScrollTop((event.target as HTMLElement).scrollTop)}
      onKeyDown={move}
    >
      <table aria-rowcount={attempts.length + 1}>
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">Event</th>
            <th scope="col">Attempt</th>
            <th scope="col">Status</th>
            <th scope="col">Took</th>
            <th scope="col">Next</th>
          </tr>
        </thead>
        <tbody>
          <Space key="before" rows={first} />
          {rows.map((attempt, index) => (
            <Row
              key={attempt.id}
              attempt={attempt}
              rowIndex={first + index + 2}
              isOpened={attempt.id === opened}
              onOpen={onOpen}
              clockAheadMs={clockAheadMs}
            />
          ))}
          <Space key="after" rows={after} />
        </tbody>
      </table>
    </section>
  );
}

/** In place of the rows that are out of sight. */
function Space({ rows }: { rows: number }): Child {
  return <tr style={{ height: `${rows * ROW_PX}px` }} />;
}

interface RowProps {
  readonly attempt: AttemptView;
  readonly rowIndex: number;
  readonly isOpened: boolean;
  readonly onOpen: (id: string) => void;
  readonly clockAheadMs: number;
}

function Row({ attempt, rowIndex, isOpened, onOpen, clockAheadMs }: RowProps): Child {
  const { id, startedMs, eventType, number, manual, variant, status, statusCode, error, durationMs, wait } =
    attempt;
  const kind = variant ?? (manual ? `${number}, by hand` : `${number}`);
  const answer = statusCode === null ? (error === null ? "under way" : "no answer") : `${statusCode}`;
  return (
    <tr class={isOpened ? "row opened" : "row"} aria-rowindex={rowIndex}>
      <td>{timeOf(startedMs)}</td>
      <td>
        <button type="button" aria-expanded={isOpened ? "true" : "false"} onClick={() => onOpen(id)}>
          {eventType}
        </button>
      </td>
      <td>{kind}</td>
      <td>
        <Status status={status} text={answer} />
      </td>
      <td>{durationMs === null ? "" : durationOf(durationMs)}</td>
      <td>{wait !== null && <Wait wait={wait} clockAheadMs={clockAheadMs} />}</td>
    </tr>
  );
}

const TICK_MS = 250;

/** A bar until the next attempt. */
function Wait({
  wait,
  clockAheadMs,
}: {
  wait: NonNullable<AttemptView["wait"]>;
  clockAheadMs: number;
}): Child {
  const [nowMs, setNowMs] = useState(Date.now() + clockAheadMs);
  const leftMs = wait.untilMs - nowMs;
  const isOver = leftMs <= 0;
  useEffect(() => {
    if (isOver) return;
    const timer = setInterval(() => setNowMs(Date.now() + clockAheadMs), TICK_MS);
    return () => clearInterval(timer);
  }, [isOver, clockAheadMs]);
  if (isOver) return <span>made</span>;
  const totalMs = wait.untilMs - wait.fromMs;
  return (
    <span class="wait">
      <progress max={totalMs} value={totalMs - leftMs} aria-label="Time until the next attempt" />{" "}
      {durationOf(leftMs)}
    </span>
  );
}
