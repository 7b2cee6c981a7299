export type * from './models/Effect.ts';
export type * from './commonInputTypes.ts';
