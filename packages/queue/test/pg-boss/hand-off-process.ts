import { serveProcess } from "conformance/hand-off/process";
import { connect } from "./connect.ts";

await serveProcess(connect);
