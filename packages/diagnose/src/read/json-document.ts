import { requestsIn } from "./json-value.ts";
import type { Reader } from "./reader.ts";

/** A text that is JSON as a whole. */
export const jsonDocument: Reader = {
  format: "JSON",
  read({ json }) {
    const found = requestsIn(json);
    return found.length > 0 ? found : undefined;
  },
};
