export const IS_ON_SERVER: boolean = typeof document === "undefined";
