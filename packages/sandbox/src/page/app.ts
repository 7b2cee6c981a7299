import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { renderDocument } from "#page-document";
import { SCRIPT, STYLE } from "#page-files";
import type { ApiEnv } from "../api/setting.ts";
import type { AttemptRecord } from "../environment/attempts.ts";
import { access, securityHeaders } from "./access.ts";
import { Fault } from "./fault.ts";
import { ACTIONS, type Action, type StateView } from "./protocol.ts";
import type { PageSource } from "./source.ts";
import { Streams } from "./streams.ts";
import { attemptDetailsView, attemptView } from "./views.ts";

/** Nothing that the page sends is large. */
const BODY_MAX_BYTES = 16 * 1024;

/** The page at `/`, and what it calls about attempts. */
export function createPage(source: PageSource, token: string): Hono<ApiEnv> {
  const { attempts } = source;
  const streams = new Streams(source);
  const page = new Hono<ApiEnv>();
  for (const path of ["/", "/page.js", "/page.css", "/page/*"]) {
    page.use(path, securityHeaders, access(token), bodyLimit({ maxSize: BODY_MAX_BYTES, onError: tooLarge }));
  }
  page.get("/", (c) => c.html(renderDocument(stateOf(source, FIRST_VIEW))));
  page.get("/page.js", (c) => c.body(SCRIPT, 200, { "Content-Type": "text/javascript; charset=utf-8" }));
  page.get("/page.css", (c) => c.body(STYLE, 200, { "Content-Type": "text/css; charset=utf-8" }));
  page.get("/page/state", (c) => c.json(stateOf(source)));
  page.get("/page/changes", (c) => streams.open(c));

  const found = (id: string): AttemptRecord => {
    const attempt = attempts.get(id);
    if (attempt === undefined) throw new Fault(404, "The attempt has left the list.");
    return attempt;
  };
  page.get("/page/attempts/:id", async (c) =>
    c.json(await attemptDetailsView(found(c.req.param("id")), source)),
  );
  page.post("/page/attempts/:id/:action", (c) => {
    const attempt = found(c.req.param("id"));
    const action = c.req.param("action") as Action;
    if (!ACTIONS.includes(action)) throw new Fault(404, "There is no such action.");
    const id = source.actionsFor(attempt).includes(action) ? source.send(attempt, action) : undefined;
    if (id === undefined) throw new Fault(409, "That cannot be sent any more.");
    return c.json({ id }, 202);
  });
  page.onError((error, c) =>
    error instanceof Fault
      ? c.json({ message: error.message }, error.status)
      : c.json({ message: "The sandbox failed. Please report it." }, 500),
  );
  return page;
}

function tooLarge(): never {
  throw new Fault(413, `Expected at most ${BODY_MAX_BYTES} bytes.`);
}

/** How many attempts are in the page as it comes from the server: more than are in sight. */
const FIRST_VIEW = 50;

function stateOf(source: PageSource, most: number = source.attempts.kept): StateView {
  return {
    ...source.state(),
    attemptsKept: source.attempts.kept,
    attempts: source.attempts.list().slice(0, most).map(attemptView),
  };
}
