import { type Child, useEffect, useRef, useState } from "hono/jsx/dom";
import type { AttemptView } from "../protocol.ts";
import { AttemptRow } from "./attempt-row.tsx";
import { IS_ON_SERVER } from "./is-on-server.ts";

/** The classes of cells, and their headings. */
const COLUMNS = [
  ["time", "Time"],
  ["event", "Event"],
  ["endpoint", "Endpoint"],
  ["number", "Attempt"],
  ["answer", "Status"],
  ["took", "Took"],
  ["next", "Next"],
] as const;

/** Of a row: all have one height, so that only those in sight need to exist. The style sheet has the same sizes. */
const ROW_PX = { wide: 40, narrow: 56 };
const NARROW_PX = 440;
const ROWS_BEYOND = 6;

export interface AttemptsListProps {
  readonly attempts: readonly AttemptView[];
  readonly opened: string | undefined;
  readonly onOpen: (id: string) => void;
  /** How far the server's clock is ahead of the browser's. */
  readonly clockAheadMs: number;
}

export function AttemptsList({ attempts, opened, onOpen, clockAheadMs }: AttemptsListProps): Child {
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
            {COLUMNS.map(([name, heading]) => (
              <th key={name} scope="col" class={name}>
                {heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {first > 0 && <Space key="before" px={first * rowPx} />}
          {rows.map((attempt, index) => (
            <AttemptRow
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
