/** One HTTP request, before it is written to a socket. Its headers keep their order, and may repeat a name. */
export interface VectorRequest {
  readonly method: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}

/** The request with another value for a header; without it where the value is undefined. */
export function withHeader(request: VectorRequest, name: string, value: string | undefined): VectorRequest {
  const others = request.headers.filter(([known]) => known !== name);
  return { ...request, headers: value === undefined ? others : [...others, [name, value]] };
}

/** The same request, signed by another key. */
export function forged(request: VectorRequest): VectorRequest {
  return withHeader(request, "webhook-signature", `v1,${"A".repeat(43)}=`);
}
