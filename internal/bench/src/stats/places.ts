import { folderOf, type Position } from "./folders.ts";

/** A CPU profile as V8 writes it, as far as it is read here. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: Position & { readonly functionName: string };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

type Frame = CpuProfile["nodes"][number]["callFrame"];

/** Where time goes: one of `PLACES`, or a folder of our packages. */
export type Place = string;

const REST = "the rest";

/** A sample counts for the first that knows its function; what V8 does itself counts for its caller. */
const PLACES: Readonly<Record<Place, (frame: Frame) => boolean>> = {
  "writing to the socket": ({ functionName }) =>
    /^write(Utf8String|Latin1String|Buffer|v)$/.test(functionName),
  "garbage collection": ({ functionName }) => functionName === "(garbage collector)",
  "HMAC and comparison": ({ functionName, url }) =>
    url.startsWith("node:internal/crypto") || /^(Hmac|update|digest|timingSafeEqual)$/.test(functionName),
  "JSON.parse, and its text": ({ functionName }) =>
    /^(parseJson|verifyNatively|decode|decodeUTF8|utf8Slice)$/.test(functionName),
  "Node: HTTP, streams, events": ({ url }) => url.startsWith("node:"),
  [REST]: () => true,
};

/** Every place but our folders. */
export const PLACE_NAMES: readonly Place[] = Object.keys(PLACES);

/** What part of a process's working time, 0 to 1, is spent in each place. What it does to start does not count. */
export function sharesByPlace({ nodes, samples, timeDeltas }: CpuProfile): ReadonlyMap<Place, number> {
  const placeOf = placesOf(nodes);
  const micros = new Map<Place, number>();
  let all = 0;
  for (const [index, id] of samples.entries()) {
    const place = placeOf.get(id);
    if (place === undefined) continue;
    const taken = timeDeltas[index] as number;
    micros.set(place, (micros.get(place) ?? 0) + taken);
    all += taken;
  }
  return new Map([...micros].map(([place, taken]) => [place, taken / all]));
}

/** Without idleness, and without what Node calls at its start or in its module loader. */
function placesOf(nodes: CpuProfile["nodes"]): Map<number, Place> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const places = new Map<number, Place>();
  const visit = (id: number): void => {
    const { callFrame, children = [] } = byId.get(id) as CpuProfile["nodes"][number];
    if (/^node:internal\/(modules|bootstrap)\//.test(callFrame.url)) return;
    if (!/^\((root|idle)\)$/.test(callFrame.functionName)) {
      places.set(id, placeOfFrame(callFrame));
    }
    for (const child of children) visit(child);
  };
  const [root] = nodes;
  if (root !== undefined) visit(root.id);
  return places;
}

function placeOfFrame(frame: Frame): Place {
  const known = PLACE_NAMES.find((place) => PLACES[place]?.(frame));
  return (known === REST ? folderOf(frame) : undefined) ?? known ?? REST;
}
