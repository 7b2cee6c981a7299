/**
 * Preloaded into AWS's runtime interface client in place of its native part, which builds curl where it is installed: the
 * same three calls to the runtime API, over Node's own HTTP.
 */
const { request } = require("node:http");
const Module = require("node:module");

const INVOCATION = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation`;

function call(method, path, body) {
  return new Promise((resolve, reject) => {
    const sent = request(INVOCATION + path, { method }, async (response) => {
      let bodyJson = "";
      for await (const chunk of response.setEncoding("utf8")) bodyJson += chunk;
      resolve({ bodyJson, headers: response.headers });
    });
    sent.once("error", reject).end(body);
  });
}

/** The native client has answered before it asks for the next invocation. */
let answered = Promise.resolve();
function answer(path, body) {
  answered = call("POST", path, body);
}

const client = {
  next: () => answered.then(() => call("GET", "/next")),
  done: (id, body) => answer(`/${id}/response`, body),
  error: (id, body) => answer(`/${id}/error`, body),
};

const load = Module._load;
Module._load = (name, ...rest) => (name.endsWith("rapid-client.node") ? client : load(name, ...rest));
