import { Body, Controller, HttpCode, Injectable, Post } from "@nestjs/common";

/** The part of the application that docs/nestjs.md takes for granted. It prints what it is told. */
@Injectable()
export class OrdersService {
  async markSent(order: string | undefined, _pages: number | null, _signal: AbortSignal): Promise<void> {
    console.log(`sent ${order}`);
  }
}

/** Another route with JSON. */
@Controller()
export class EchoController {
  @Post("echo")
  @HttpCode(200)
  echo(@Body() body: object): object {
    return body;
  }
}
