import { type Child, useState } from "hono/jsx/dom";
import type { EndpointView } from "../protocol.ts";
import { call } from "./call.ts";
import { ActionButton, CopyButton } from "./parts.tsx";

const TYPES = ["fax.queued", "fax.sending", "fax.delivered", "fax.failed", "balance.low", "balance.topup"];

interface Created {
  readonly endpoint: EndpointView;
  readonly secret: string;
}

export function Endpoints({ endpoints }: { endpoints: readonly EndpointView[] }): Child {
  const [shown, setShown] = useState<Created | undefined>(undefined);
  return (
    <section aria-labelledby="endpoints">
      <div class="head">
        <h2 id="endpoints">Endpoints</h2>
      </div>
      {endpoints.length === 0 ? (
        <p class="muted">None yet. Register the URL of your receiver, and copy its secret.</p>
      ) : (
        <ul class="cards">
          {endpoints.map((endpoint) => (
            <li key={endpoint.id}>
              <p class="url">{endpoint.url}</p>
              <p class="muted">{endpoint.events === null ? "All events" : endpoint.events.join(", ")}</p>
              <p class="actions">
                <ActionButton
                  label="Rotate secret"
                  of={endpoint.url}
                  act={async () =>
                    setShown(await call<Created>("POST", `/page/endpoints/${endpoint.id}/rotate`))
                  }
                />
                <ActionButton
                  label="Delete"
                  of={endpoint.url}
                  kind="danger"
                  act={() => call("DELETE", `/page/endpoints/${endpoint.id}`)}
                />
              </p>
              {shown?.endpoint.id === endpoint.id && (
                <Secret secret={shown.secret} onHide={() => setShown(undefined)} />
              )}
            </li>
          ))}
        </ul>
      )}
      <NewEndpoint onCreated={setShown} isFirst={endpoints.length === 0} />
    </section>
  );
}

function Secret({ secret, onHide }: { secret: string; onHide: () => void }): Child {
  return (
    <div class="secret" role="status">
      <p>
        <strong>The secret is shown this once.</strong> Put this line into your receiver's .env:
      </p>
      <p>
        <code>MINTFAX_WEBHOOK_SECRET={secret}</code>
      </p>
      <p class="actions">
        <CopyButton text={`MINTFAX_WEBHOOK_SECRET=${secret}\n`} label="Copy .env line" kind="primary" />
        <CopyButton text={secret} label="Copy secret" />
        <button type="button" class="quiet" onClick={onHide}>
          I have it
        </button>
      </p>
    </div>
  );
}

function NewEndpoint({
  onCreated,
  isFirst,
}: {
  onCreated: (created: Created) => void;
  isFirst: boolean;
}): Child {
  const [url, setUrl] = useState("http://127.0.0.1:3000/webhooks/mintfax");
  const [isAll, setIsAll] = useState(true);
  const [types, setTypes] = useState<readonly string[]>(["fax.delivered", "fax.failed"]);
  const toggle = (type: string): void => {
    setTypes(types.includes(type) ? types.filter((each) => each !== type) : [...types, type]);
  };
  const create = async (): Promise<void> => {
    onCreated(await call<Created>("POST", "/page/endpoints", { url, events: isAll ? null : types }));
  };
  return (
    <fieldset>
      <legend>New endpoint</legend>
      <label class="block">
        URL of your receiver
        <input
          type="url"
          value={url}
          spellcheck={false}
          autocomplete="off"
          onInput={(event: Event) => setUrl((event.target as HTMLInputElement).value)}
        />
      </label>
      <label>
        <input type="checkbox" checked={isAll} onChange={() => setIsAll(!isAll)} /> All events
      </label>
      {!isAll && (
        <div class="types">
          {TYPES.map((type) => (
            <label key={type}>
              <input type="checkbox" checked={types.includes(type)} onChange={() => toggle(type)} /> {type}
            </label>
          ))}
        </div>
      )}
      <p class="actions">
        <ActionButton label="Register endpoint" kind={isFirst ? "primary" : ""} act={create} />
      </p>
    </fieldset>
  );
}
