/** What goes over the channel between the bench and a process of its own. */
export interface ToChild {
  readonly id: number;
  readonly question: string;
  readonly argument?: unknown;
}

export type FromChild =
  | { readonly ready: true }
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: string };

/** In a child: answers by the function that the question names. Ends when the bench does. */
export function answerQuestions(answers: Readonly<Record<string, (argument: never) => unknown>>): void {
  const send = (message: FromChild) => process.send?.(message);
  process.on("message", async ({ id, question, argument }: ToChild) => {
    try {
      send({ id, value: await answers[question]?.(argument as never) });
    } catch (error) {
      send({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  });
  process.once("disconnect", () => process.exit());
  send({ ready: true });
}
