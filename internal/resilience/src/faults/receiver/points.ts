/** Places in the way of a delivery at which the conductor can let something happen to exactly this process. */
export type Point =
  | "at-claim"
  | "after-claim"
  | "in-handler"
  | "after-effect"
  | "at-complete"
  | "before-answer"
  | WorkerPoint;

/** The same in a worker process. Both stages see the same id. */
export type WorkerPoint = "work-in-handler" | "work-after-effect";

/** What to do there. */
export type Deed = "go" | "die" | "throw";

/** What a receiver process says to the conductor. */
export type FromReceiver =
  | { readonly listening: number }
  | { readonly asking: number; readonly point: Point; readonly id: string };

export interface Answer {
  readonly asked: number;
  readonly deed: Deed;
}

/** An event that stops at a point and asks. The mark is in the id: that is all that a store gets to see. */
export function marked(id: string, point: Point): string {
  return `${id}~${point}`;
}

const waiting = new Map<number, (deed: Deed) => void>();
let asked = 0;

process.on("message", (answer: Answer) => {
  waiting.get(answer.asked)?.(answer.deed);
  waiting.delete(answer.asked);
});

let stage = "";

/** From now on, this process heeds the marks for workers only. */
export function beWorker(): void {
  stage = "work-";
}

/** Goes on at once, but for an event that is marked for this point. */
export async function reach(place: Point, id: string): Promise<void> {
  const point = `${stage}${place}` as Point;
  if (!id.endsWith(`~${point}`)) return;
  asked += 1;
  const asking = asked;
  const deed = await new Promise<Deed>((resolve) => {
    waiting.set(asking, resolve);
    process.send?.({ asking, point, id } satisfies FromReceiver);
  });
  if (deed === "die") process.kill(process.pid, "SIGKILL");
  if (deed === "throw") throw new Error("the conductor wants this handler to fail");
}
