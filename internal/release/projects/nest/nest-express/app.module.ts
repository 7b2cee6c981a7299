import { Controller, Get, Module } from "@nestjs/common";

@Controller("health")
class HealthController {
  @Get()
  read(): string {
    return "fine";
  }
}

@Module({ controllers: [HealthController] })
export class AppModule {}
