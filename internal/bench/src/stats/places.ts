/** A CPU profile as V8 writes it, as far as it is read here. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

type Frame = CpuProfile["nodes"][number]["callFrame"];

/** Where time goes. */
export type Place =
  | "writing to the socket"
  | "garbage collection"
  | "HMAC and comparison"
  | "JSON.parse, and its text"
  | "mintfax, all else"
  | "Node: HTTP, streams, events"
  | "the rest";

/** A sample counts for the first that knows its function; what V8 does itself counts for its caller. */
const PLACES: Readonly<Record<Place, (frame: Frame) => boolean>> = {
  "writing to the socket": ({ functionName }) =>
    /^write(Utf8String|Latin1String|Buffer|v)$/.test(functionName),
  "garbage collection": ({ functionName }) => functionName === "(garbage collector)",
  "HMAC and comparison": ({ functionName, url }) =>
    url.startsWith("node:internal/crypto") || /^(Hmac|update|digest|timingSafeEqual)$/.test(functionName),
  "JSON.parse, and its text": ({ functionName }) =>
    /^(parseJson|verifyNatively|decode|decodeUTF8|utf8Slice)$/.test(functionName),
  "mintfax, all else": ({ url }) => url.includes("@mintfax-webhooks"),
  "Node: HTTP, streams, events": ({ url }) => url.startsWith("node:"),
  "the rest": () => true,
};

export const PLACE_NAMES: readonly Place[] = Object.keys(PLACES) as Place[];

/** What part of a process's working time, 0 to 1, is spent in each place. What it does to start does not count. */
export function sharesByPlace({ nodes, samples, timeDeltas }: CpuProfile): Record<Place, number> {
  const placeOf = placesOf(nodes);
  const micros = Object.fromEntries(PLACE_NAMES.map((place) => [place, 0])) as Record<Place, number>;
  let all = 0;
  for (const [index, id] of samples.entries()) {
    const place = placeOf.get(id);
    if (place === undefined) continue;
    const taken = timeDeltas[index] as number;
    micros[place] += taken;
    all += taken;
  }
  for (const place of PLACE_NAMES) micros[place] /= all;
  return micros;
}

/** Without idleness, and without what Node calls at its start or in its module loader. */
function placesOf(nodes: CpuProfile["nodes"]): Map<number, Place> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const places = new Map<number, Place>();
  const visit = (id: number): void => {
    const { callFrame, children = [] } = byId.get(id) as CpuProfile["nodes"][number];
    if (/^node:internal\/(modules|bootstrap)\//.test(callFrame.url)) return;
    if (!/^\((root|idle)\)$/.test(callFrame.functionName)) {
      places.set(id, PLACE_NAMES.find((place) => PLACES[place](callFrame)) as Place);
    }
    for (const child of children) visit(child);
  };
  const [root] = nodes;
  if (root !== undefined) visit(root.id);
  return places;
}
