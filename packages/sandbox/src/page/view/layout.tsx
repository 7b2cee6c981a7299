import { type Child, useState } from "hono/jsx/dom";
import type { AboutView, AttemptView } from "../protocol.ts";
import { AttemptDetails } from "./attempt-details.tsx";
import { Attempts } from "./attempts.tsx";
import { Endpoints } from "./endpoints.tsx";
import { Faxes } from "./faxes.tsx";
import { CopyButton } from "./parts.tsx";
import { SendFax } from "./send-fax.tsx";
import type { PageState } from "./state.ts";

/** The whole page. */
export function Layout({ state }: { state: PageState }): Child {
  const { view, connection, clockAheadMs } = state;
  const { about, attempts, endpoints, faxes } = view;
  const [opened, setOpened] = useState<string | undefined>(undefined);
  const attempt = attempts.find(({ id }) => id === opened);
  return (
    <>
      <Header about={about} connection={connection} />
      <main class={about.kind}>
        {about.kind === "sandbox" && (
          <div class="column">
            <Endpoints endpoints={endpoints} />
            <SendFax hasEndpoint={endpoints.length > 0} />
            <Faxes faxes={faxes} />
          </div>
        )}
        <div class={attempt === undefined ? "work" : "work split"}>
          <Attempts
            attempts={attempts}
            endpoints={endpoints}
            about={about}
            opened={opened}
            onOpen={setOpened}
            clockAheadMs={clockAheadMs}
          />
          {attempt !== undefined && (
            <AttemptDetails
              key={attempt.id}
              attempt={attempt}
              onOpen={setOpened}
              clockAheadMs={clockAheadMs}
              onClose={() => {
                setOpened(undefined);
                focusRow(attempt);
              }}
            />
          )}
        </div>
      </main>
      <footer>
        <p>{FOOTERS[about.kind]}</p>
      </footer>
    </>
  );
}

/** A person who uses the keyboard goes on where the details were opened. */
function focusRow({ id }: AttemptView): void {
  document.querySelector<HTMLElement>(`[data-attempt="${id}"]`)?.focus();
}

const FOOTERS = {
  sandbox:
    "Played from mintfax's public pages. What mintfax does not document is inferred: endpoint calls beside POST /webhooks, " +
    "paging, rotation, and which secret signs for a fax's own URL. Nothing here is sent to mintfax.",
  listen:
    "The newest 1,000 deliveries, kept in memory until listen ends. Attempts are counted as they arrive here: mintfax does " +
    "not say which one it makes.",
};

const CONNECTIONS = {
  starting: "Connecting…",
  live: "Live",
  lost: "Not connected. Is it still running? After a restart, open the address that it prints.",
};

function Header({ about, connection }: { about: AboutView; connection: PageState["connection"] }): Child {
  return (
    <header>
      <h1>{about.kind === "sandbox" ? "mintfax sandbox" : "mintfax-webhooks listen"}</h1>
      {about.kind === "sandbox" ? (
        <p class="about">
          <span>
            API <code>{about.apiUrl}</code>
          </span>
          <CopyButton text={about.apiUrl} label="Copy URL" />
          <CopyButton text={about.apiKey} label="Copy API key" />
          {about.timeScale !== 1 && <span class="muted">Waits × {about.timeScale}</span>}
        </p>
      ) : (
        <p class="about">
          <span>
            From <code>{about.url}</code>
          </span>
          {about.target === null ? (
            <span class="muted">answered here</span>
          ) : (
            <span>
              to <code>{about.target}</code>
            </span>
          )}
        </p>
      )}
      <p role="status" class={`connection ${connection}`}>
        {CONNECTIONS[connection]}
      </p>
    </header>
  );
}
