import { once } from "node:events";
import { connect } from "node:net";

/** Whether a program on this machine takes connections on the port. */
export async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, "localhost");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
