import { Body, Controller, Module, Post } from "@nestjs/common";

class EchoController {
  echo(body: object): object {
    return body;
  }
}

// Node strips types and leaves decorators, so they are called as functions here.
const { prototype } = EchoController;
const method = Object.getOwnPropertyDescriptor(prototype, "echo");
if (method !== undefined) Post()(prototype, "echo", method);
Body()(prototype, "echo", 0);
Controller("echo")(EchoController);

/** Nest's root module, which a reader has. */
export class AppModule {}
Module({ controllers: [EchoController] })(AppModule);
