/** @jsxImportSource hono/jsx/dom */
import { type Child, useState } from "hono/jsx/dom";
import { AttemptDetails } from "./attempt-details.tsx";
import { Attempts } from "./attempts.tsx";
import { Endpoints } from "./endpoints.tsx";
import { Faxes } from "./faxes.tsx";
import { CopyButton } from "./parts.tsx";
import { SendFax } from "./send-fax.tsx";
import { usePageState } from "./state.ts";

export function App(): Child {
  const state = usePageState();
  const [opened, setOpened] = useState<string | undefined>(undefined);
  if (state === undefined) {
    return (
      <main>
        <h1>mintfax sandbox</h1>
        <p>Loading…</p>
      </main>
    );
  }
  const { view, isLive, clockAheadMs } = state;
  const attempt = view.attempts.find(({ id }) => id === opened);
  return (
    <>
      <header>
        <h1>mintfax sandbox</h1>
        <p class="api">
          API <code>{view.apiUrl}</code> <CopyButton text={view.apiKey} label="Copy API key" />
        </p>
        <p role="status" class={isLive ? "live" : "lost"}>
          {isLive ? "Live" : "Not connected. Is the sandbox still running?"}
        </p>
      </header>
      <main>
        <div class="column">
          <Endpoints endpoints={view.endpoints} />
          <SendFax hasEndpoint={view.endpoints.length > 0} />
          <Faxes faxes={view.faxes} />
        </div>
        <div class="column wide">
          <Attempts
            attempts={view.attempts}
            endpoints={view.endpoints}
            opened={opened}
            onOpen={setOpened}
            clockAheadMs={clockAheadMs}
          />
          {attempt !== undefined && (
            <AttemptDetails
              key={attempt.id}
              attempt={attempt}
              onOpen={setOpened}
              onClose={() => setOpened(undefined)}
            />
          )}
        </div>
      </main>
      <footer>
        <p>
          Played from mintfax's public pages. What mintfax does not document is inferred: endpoint calls
          beside <code>POST /webhooks</code>, paging, rotation, and which secret signs for a fax's own URL.
          Nothing here is sent to mintfax.
        </p>
      </footer>
    </>
  );
}
