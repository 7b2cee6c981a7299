import { fromRequest } from "@mintfax-webhooks/core/adapter";
import { afterEach, beforeEach, expect, test } from "vitest";

/** What workerd's readers have beside the standard, by the standard's own means. Tests in workerd run the real one. */
const reads: number[] = [];
async function readAtLeast(this: ReadableStreamBYOBReader, minBytes: number, view: Uint8Array<ArrayBuffer>) {
  reads.push(minBytes);
  let length = 0;
  let rest = view;
  for (;;) {
    const { done, value } = await this.read(rest);
    const buffer = (value ?? view).buffer;
    length += value?.byteLength ?? 0;
    if (done || length >= minBytes) return { done: length === 0, value: new Uint8Array(buffer, 0, length) };
    rest = new Uint8Array(buffer, length);
  }
}

beforeEach(() => {
  reads.length = 0;
  Object.assign(ReadableStreamBYOBReader.prototype, { readAtLeast });
});
afterEach(() => {
  Reflect.deleteProperty(ReadableStreamBYOBReader.prototype, "readAtLeast");
});

function readBody(length: number, declaredBytes: number | undefined, pieces = 1) {
  const bytes = Buffer.alloc(length, "fax");
  let sent = 0;
  const body = new ReadableStream({
    type: "bytes",
    pull(controller) {
      if (sent === length) {
        controller.close();
        controller.byobRequest?.respond(0);
        return;
      }
      const end = Math.min(length, sent + Math.ceil(length / pieces));
      controller.enqueue(new Uint8Array(bytes.subarray(sent, end)));
      sent = end;
    },
  });
  const headers = declaredBytes === undefined ? {} : { "content-length": String(declaredBytes) };
  const init = { method: "POST", headers, body, duplex: "half" };
  const request = new Request("https://clinic.example/", init as RequestInit);
  const read = fromRequest(request, undefined).readBody({ limitBytes: 40_000, timeoutMs: 10_000 });
  return read.then((found) => Buffer.from(found).equals(bytes));
}

test.each([
  [900, 900, 1, [1_024]],
  [900, 900, 7, [1_024]],
  [2_000, 2_000, 3, [2_001]],
  [900, undefined, 1, [1_024]],
  [2_000, 10, 1, [1_024, 1_024]],
  [1_024, 10, 1, [1_024, 1_024]],
  [20_000, 20_000, 1, [16_384, 16_384]],
  [20_000, 1e12, 5, [16_384, 16_384]],
])(
  "a body of %i bytes, declared as %s, in %i pieces is read by calls for %o",
  async (length, declared, pieces, calls) => {
    expect(await readBody(length, declared, pieces)).toBe(true);
    expect(reads).toEqual(calls);
  },
);

test("a body over the limit is refused", async () => {
  await expect(readBody(40_001, undefined)).rejects.toMatchObject({ code: "body_too_large" });
});

test("a stream that cannot be read in this way is read by the standard", async () => {
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode("0123456789"));
      controller.close();
    },
  });
  const request = new Request("https://clinic.example/", {
    method: "POST",
    body,
    duplex: "half",
  } as RequestInit);
  const read = fromRequest(request, undefined).readBody({ limitBytes: 40_000, timeoutMs: 10_000 });
  expect(Buffer.from(await read).toString()).toBe("0123456789");
  expect(reads).toEqual([]);
});
