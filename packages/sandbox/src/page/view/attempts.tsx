import { type Child, useEffect, useMemo, useRef, useState } from "hono/jsx/dom";
import type { AboutView, AttemptView, EndpointView } from "../protocol.ts";
import { CopyButton, Status } from "./parts.tsx";
import { durationOf, timeOf } from "./texts.ts";
import { Wait } from "./wait.tsx";

const IS_ON_SERVER = typeof document === "undefined";

interface AttemptsProps {
  readonly attempts: readonly AttemptView[];
  readonly endpoints: readonly EndpointView[];
  readonly about: AboutView;
  readonly opened: string | undefined;
  readonly onOpen: (id: string) => void;
  /** How far the server's clock is ahead of the browser's. */
  readonly clockAheadMs: number;
}

interface Filters {
  readonly status: string;
  readonly type: string;
  readonly endpoint: string;
}

const NO_FILTERS: Filters = { status: "", type: "", endpoint: "" };

export function Attempts({ attempts, endpoints, about, ...list }: AttemptsProps): Child {
  const [filters, setFilters] = useState(NO_FILTERS);
  const types = useMemo(() => [...new Set(attempts.map(({ eventType }) => eventType))].sort(), [attempts]);
  const shown = useMemo(
    () =>
      attempts.filter(
        ({ status, eventType, endpointId }) =>
          (filters.status === "" || status === filters.status) &&
          (filters.type === "" || eventType === filters.type) &&
          (filters.endpoint === "" || endpointId === filters.endpoint),
      ),
    [attempts, filters],
  );
  const isFiltered = Object.values(filters).some((value) => value !== "");
  return (
    <section aria-labelledby="attempts" class="attempts">
      <div class="head">
        <h2 id="attempts">Attempts</h2>
        {attempts.length > 0 && (
          <span class="count" role={isFiltered ? "status" : undefined}>
            {countOf(attempts.length, isFiltered ? shown.length : undefined)}
          </span>
        )}
      </div>
      {attempts.length === 0 ? (
        <NothingYet about={about} hasEndpoint={endpoints.length > 0} />
      ) : (
        <>
          <p class="filters">
            <Filter
              label="Status"
              value={filters.status}
              onChange={(status) => setFilters({ ...filters, status })}
              values={["succeeded", "failed", "pending"]}
            />
            <Filter
              label="Type"
              value={filters.type}
              onChange={(type) => setFilters({ ...filters, type })}
              values={types}
            />
            {endpoints.length > 1 && (
              <Filter
                label="Endpoint"
                value={filters.endpoint}
                onChange={(endpoint) => setFilters({ ...filters, endpoint })}
                values={endpoints.map(({ id }) => id)}
                labels={endpoints.map(({ url }) => url)}
              />
            )}
            {isFiltered && (
              <button type="button" class="quiet" onClick={() => setFilters(NO_FILTERS)}>
                Show all
              </button>
            )}
          </p>
          {shown.length === 0 ? (
            <p class="empty">No attempt matches these filters.</p>
          ) : (
            <List attempts={shown} {...list} />
          )}
        </>
      )}
    </section>
  );
}

function countOf(all: number, shown: number | undefined): string {
  // The server's first view has no more than is in sight.
  if (IS_ON_SERVER) return `the newest ${all}`;
  return shown === undefined ? `${all}` : `${shown} of ${all}`;
}

/** What to do next. */
function NothingYet({ about, hasEndpoint }: { about: AboutView; hasEndpoint: boolean }): Child {
  if (about.kind === "listen") {
    const command = `mintfax-webhooks trigger fax.delivered --to ${about.url}`;
    return (
      <div class="empty">
        <p>Nothing has arrived yet. Send a delivery from another terminal:</p>
        <p class="command">
          <code>{command}</code> <CopyButton text={command} label="Copy command" />
        </p>
        <p>Or enter your tunnel's URL in mintfax's dashboard. Each delivery appears here as it arrives.</p>
      </div>
    );
  }
  return (
    <div class="empty">
      <p>Each delivery attempt appears here as it happens. To see the first one:</p>
      <ol>
        <li class={hasEndpoint ? "done" : ""}>Register the URL of your receiver{hasEndpoint && " ✓"}</li>
        <li>Put its secret into your receiver's .env, and start the receiver</li>
        <li>Press a button under "Send a fax"</li>
      </ol>
    </div>
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
      <span class="muted">{label}</span>{" "}
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

/** Of a row: all have one height, so that only those in sight need to exist. The style sheet has the same sizes. */
const ROW_PX = { wide: 40, narrow: 56 };
const NARROW_PX = 440;
const ROWS_BEYOND = 6;

type ListProps = Pick<AttemptsProps, "attempts" | "opened" | "onOpen" | "clockAheadMs">;

function List({ attempts, opened, onOpen, clockAheadMs }: ListProps): Child {
  const list = useRef<HTMLElement>(null);
  const [scrollTop, setScrollTop] = useState(0);
  const [isNarrow, setIsNarrow] = useState(false);
  useEffect(() => {
    const { current } = list;
    if (current === null) return;
    const observer = new ResizeObserver(() => setIsNarrow(current.clientWidth < NARROW_PX));
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  const rowPx = isNarrow ? ROW_PX.narrow : ROW_PX.wide;
  const newest = attempts[0]?.id;
  const newestBefore = useRef(newest);
  useEffect(() => {
    // What is being read stays in its place when attempts are added above it.
    const added = attempts.findIndex(({ id }) => id === newestBefore.current);
    newestBefore.current = newest;
    if (added > 0 && list.current !== null && list.current.scrollTop > 0) {
      list.current.scrollTop += added * rowPx;
    }
  }, [newest]);
  const inSight = Math.ceil((list.current?.clientHeight ?? 480) / rowPx);
  const wanted = Math.min(Math.floor(scrollTop / rowPx), attempts.length - inSight) - ROWS_BEYOND;
  const first = IS_ON_SERVER ? 0 : Math.max(0, wanted);
  const rows = IS_ON_SERVER ? attempts : attempts.slice(first, first + inSight + 2 * ROWS_BEYOND);
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
            <th scope="col" class="time">
              Time
            </th>
            <th scope="col" class="event">
              Event
            </th>
            <th scope="col" class="endpoint">
              Endpoint
            </th>
            <th scope="col" class="number">
              Attempt
            </th>
            <th scope="col" class="answer">
              Status
            </th>
            <th scope="col" class="took">
              Took
            </th>
            <th scope="col" class="next">
              Next
            </th>
          </tr>
        </thead>
        <tbody>
          {first > 0 && <Space key="before" px={first * rowPx} />}
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
          {after > 0 && <Space key="after" px={after * rowPx} />}
        </tbody>
      </table>
    </section>
  );
}

/** In place of the rows that are out of sight. */
function Space({ px }: { px: number }): Child {
  return <tr style={{ height: `${px}px` }} />;
}

interface RowProps {
  readonly attempt: AttemptView;
  readonly rowIndex: number;
  readonly isOpened: boolean;
  readonly onOpen: (id: string) => void;
  readonly clockAheadMs: number;
}

function Row({ attempt, rowIndex, isOpened, onOpen, clockAheadMs }: RowProps): Child {
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
