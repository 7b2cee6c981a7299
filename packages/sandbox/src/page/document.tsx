/** The page as it comes from the server, with what is known by then: readable before its script runs, and without it. */
import { html, raw } from "hono/html";
import type { StateView } from "./protocol.ts";
import { Layout } from "./view/layout.tsx";

const TITLES = { sandbox: "mintfax sandbox", listen: "mintfax-webhooks listen" };

export function renderDocument(view: StateView): string {
  const body = (<Layout state={{ view, connection: "starting", clockAheadMs: 0 }} />).toString();
  return String(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${TITLES[view.about.kind]}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/page.css">
</head>
<body>
<noscript><p class="noscript">This page needs JavaScript for its buttons and to show what is new. Without it, reload to see newer attempts.</p></noscript>
<div id="app">${raw(body)}</div>
<script type="module" src="/page.js"></script>
</body>
</html>
`);
}
