import { curlCommandIn, readCurl } from "./curl.ts";
import type { Reader } from "./reader.ts";

/** A curl command. */
export const curlCommand: Reader = {
  format: 'a curl command ("Copy as cURL", bash and cmd)',
  read({ text }, readFile) {
    const command = curlCommandIn(text);
    return command === undefined ? undefined : [readCurl(command, readFile)];
  },
};
