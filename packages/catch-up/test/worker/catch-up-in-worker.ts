import { CatchUpError, type CatchUpOptions, createCatchUp } from "@mintfax-webhooks/catch-up";

/** What became of a run: the counts of its report, or the code of its error. */
export async function resultOf(options: CatchUpOptions): Promise<unknown> {
  const counted: number[] = [];
  // Waits pass at once, and HTTP takes the time that it takes.
  let passedMs = 0;
  const clock = {
    nowMs: () => Date.now() + passedMs,
    sleep: async (ms: number) => {
      passedMs += ms;
    },
  };
  try {
    const catchUp = createCatchUp({ ...options, clock, outstanding: async () => [{ id: "fax_unknown" }] });
    for await (const step of catchUp.steps()) {
      if (step.type === "resent") counted.push(step.resent);
      if (step.type !== "finished") continue;
      const { complete, requests, events, owed, faxes, notes } = step.report;
      return { complete, requests, events, owed, faxes, counted, notes: notes.map(({ code }) => code) };
    }
  } catch (error) {
    if (error instanceof CatchUpError)
      return { code: error.code, status: error.status, requests: error.report?.requests };
    return { code: (error as { code?: unknown }).code, thrown: String(error) };
  }
  return undefined;
}

export default {
  fetch: async (request: Request): Promise<Response> =>
    Response.json(await resultOf((await request.json()) as CatchUpOptions)),
};
