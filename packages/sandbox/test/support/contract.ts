import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { OPENAPI } from "../../src/openapi/document.ts";

// biome-ignore lint/suspicious/noExplicitAny: a document of many shapes
const document: any = OPENAPI;

const ajv = new Ajv2020.default({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema(document, "openapi");

/** What is wrong with a value by one of the document's schemas; undefined where nothing is. */
export function faultsBy(pointer: string, value: unknown): string | undefined {
  const validate = ajv.getSchema(`openapi#${pointer}`);
  if (validate === undefined) return `the document has no ${pointer}`;
  return validate(value) ? undefined : ajv.errorsText(validate.errors);
}

/** A path of the document that takes this path of a request; the exact one first. */
function templateOf(path: string): string | undefined {
  const [pathname = ""] = path.split("?");
  if (pathname in document.paths) return pathname;
  return Object.keys(document.paths).find((template) =>
    new RegExp(`^${template.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(pathname),
  );
}

/** What is wrong with an answer by the document; undefined where nothing is, or where it has no such path. */
export function answerFaults(
  method: string,
  path: string,
  { status, headers, body }: { readonly status: number; readonly headers: Headers; readonly body: unknown },
): string | undefined {
  if (!/^req_[0-9A-Z]{26}$/.test(headers.get("x-request-id") ?? "")) return "it has no X-Request-Id";
  const template = templateOf(path);
  if (template === undefined) return undefined;
  const operation = document.paths[template][method.toLowerCase()];
  if (operation === undefined) return undefined;
  if (!(status in operation.responses)) return "the document does not have this status";
  const escaped = template.replaceAll("~", "~0").replaceAll("/", "~1");
  const place = `/paths/${escaped}/${method.toLowerCase()}/responses/${status}`;
  const hasBody = operation.responses[status].content !== undefined;
  if (!hasBody) return body === undefined ? undefined : "the document has no body here";
  return faultsBy(
    `${place}/content/application~1json/schema`.replaceAll("{", "%7B").replaceAll("}", "%7D"),
    body,
  );
}
