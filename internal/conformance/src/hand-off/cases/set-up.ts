import assert from "node:assert/strict";
import { createMemoryStore } from "@mintfax-webhooks/core";
import { eventFixture } from "@mintfax-webhooks/testing";
import { type HandOffCase, handOffCase } from "../case.ts";

/** What is wrong before the first event, or at it, and says what to do. */
export const SET_UP_CASES: readonly HandOffCase[] = [
  {
    name: "a client of the wrong kind is refused at construction",
    missing: () => undefined,
    async run({ wrongClients }) {
      assert.ok(Object.keys(wrongClients).length > 0);
      for (const [what, construct] of Object.entries(wrongClients)) {
        assert.throws(construct, (error: { readonly code?: unknown; readonly message: string }) => {
          assert.equal(error.code, "option_invalid", what);
          assert.match(error.message, /expected/i, what);
          return true;
        });
      }
    },
  },

  handOffCase(
    "without its tables: 500, and the error says what to run",
    async (setting) => {
      const { queue, close } = await setting.withoutTables();
      try {
        const event = eventFixture("fax.delivered");
        const errors: Error[] = [];
        const sender = setting.sender({
          queue: {
            engine: queue.engine,
            name: queue.name,
            async enqueue(message, context) {
              try {
                return await queue.enqueue(message, context);
              } catch (error) {
                errors.push(error as Error);
                throw error;
              }
            },
          },
          store: createMemoryStore(),
        });
        const { status, body } = await sender.attempt(event);
        assert.deepEqual([status, JSON.parse(body ?? "").code], [500, "queue_misconfigured"]);
        assert.match(errors[0]?.message ?? "", /run|call|create|await|migrat/i);
      } finally {
        await close();
      }
    },
    {
      needs: ({ openWithoutTables }) =>
        openWithoutTables === undefined ? "it has no tables to miss" : undefined,
    },
  ),
];
