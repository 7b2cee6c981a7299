import { type Child, render, useEffect, useState } from "hono/jsx/dom";
import { Layout } from "./layout.tsx";
import { follow, type PageState } from "./state.ts";

let show: ((state: PageState) => void) | undefined;

function App({ first }: { first: PageState }): Child {
  const [state, setState] = useState(first);
  useEffect(() => {
    show = setState;
  }, []);
  return <Layout state={state} />;
}

// hono/jsx does not hydrate: its `hydrateRoot` renders anew. So the server's view stays until the state is here, and is then
// replaced at once.
const root = document.getElementById("app");
let isRendered = false;
follow((state) => {
  if (root !== null && !isRendered) render(<App first={state} />, root);
  else show?.(state);
  isRendered = true;
});
