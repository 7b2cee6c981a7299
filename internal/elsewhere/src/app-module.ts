import { Module } from "@nestjs/common";

/** Nest's root module, without what a reader has in theirs. */
export class AppModule {}
Module({})(AppModule);
