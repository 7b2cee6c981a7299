import { eventFixture } from "@mintfax-webhooks/testing";

/** Marks data that must not leave the server: each place that could leak has a mark of its own. */
export const MARK = "zq7personal";
const MARKED_NUMBER = "+1555zq7personal";

/** An event with the mark in everything a person or a customer's system fills in. */
export function personalEvent(): ReturnType<typeof eventFixture<"fax.failed">> {
  return eventFixture("fax.failed", {
    data: {
      object: {
        to: MARKED_NUMBER,
        csid: `${MARK}-csid`,
        error_code: `${MARK}-code`,
        error_subcode: `${MARK}-subcode`,
        error_message: `no answer at ${MARKED_NUMBER}`,
        tags: { patient: `${MARK}-tag`, [`${MARK}-key`]: "x" },
        webhook_url: `https://clinic.example/${MARK}`,
        idempotency_key: `${MARK}-idempotency`,
      },
    },
  } as never);
}

/** An error with the mark in all of its parts that are data. */
export function personalError(): Error {
  const error = new RangeError(`cannot file the fax of ${MARK}`, { cause: new Error(`${MARK}-cause`) });
  error.name = `${MARK}-name`;
  error.stack = `${MARK}-stack`;
  return Object.assign(error, { code: `${MARK}-errno`, patient: `${MARK}-property` });
}
