import { type Child, useMemo, useState } from "hono/jsx/dom";
import type { AboutView, EndpointView } from "../protocol.ts";
import { AttemptsList, type AttemptsListProps } from "./attempts-list.tsx";
import { IS_ON_SERVER } from "./is-on-server.ts";
import { CopyButton } from "./parts.tsx";

interface AttemptsProps extends AttemptsListProps {
  readonly endpoints: readonly EndpointView[];
  readonly about: AboutView;
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
            <AttemptsList attempts={shown} {...list} />
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
