import type { SignedDelivery } from "@mintfax-webhooks/testing";

/** What AWS calls a function with, for one request. */
export type LambdaEvent = Readonly<Record<string, unknown>>;

interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly isBase64Encoded: boolean;
}

const ADDRESS = "203.0.113.7";
const multiple = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));

/** Payload format 2.0. */
const version2 =
  (origin: Readonly<Record<string, string>>) =>
  ({ method, path, headers, body, isBase64Encoded }: Request): LambdaEvent => ({
    version: "2.0",
    routeKey: "$default",
    rawPath: path,
    rawQueryString: "",
    headers,
    requestContext: {
      ...origin,
      http: { method, path, protocol: "HTTP/1.1", sourceIp: ADDRESS, userAgent: "mintfax" },
      requestId: "id",
      routeKey: "$default",
      stage: "$default",
    },
    ...(body !== null && { body }),
    isBase64Encoded,
  });

/** Its target group has `lambda.multi_value_headers.enabled`. */
export const LOAD_BALANCER_OF_SEVERAL_VALUES = "an Application Load Balancer, headers of several values";

/** By what is in front of the function, in the form that AWS documents for it. */
export const EVENTS: Readonly<Record<string, (request: Request) => LambdaEvent>> = {
  "API Gateway, REST API (v1)": ({ method, path, headers, body, isBase64Encoded }) => ({
    resource: "/{proxy+}",
    path,
    httpMethod: method,
    headers,
    multiValueHeaders: multiple(headers),
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: { proxy: path.slice(1) },
    stageVariables: null,
    requestContext: {
      resourcePath: "/{proxy+}",
      httpMethod: method,
      path: `/prod${path}`,
      stage: "prod",
      requestId: "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
      identity: { sourceIp: ADDRESS },
    },
    body,
    isBase64Encoded,
  }),
  "API Gateway, HTTP API (v2)": version2({
    accountId: "123456789012",
    apiId: "api-id",
    domainName: "id.execute-api.us-east-1.amazonaws.com",
  }),
  "a function URL": version2({
    accountId: "anonymous",
    apiId: "url-id",
    domainName: "url-id.lambda-url.us-west-2.on.aws",
    domainPrefix: "url-id",
  }),
  "API Gateway, HTTP API (v1)": ({ method, path, headers, body, isBase64Encoded }) => ({
    version: "1.0",
    resource: "$default",
    path,
    httpMethod: method,
    headers,
    multiValueHeaders: multiple(headers),
    queryStringParameters: null,
    requestContext: { httpMethod: method, path, protocol: "HTTP/1.1", requestId: "id", stage: "$default" },
    body,
    isBase64Encoded,
  }),
  [LOAD_BALANCER_OF_SEVERAL_VALUES]: ({ method, path, headers, body, isBase64Encoded }) => ({
    requestContext: { elb: { targetGroupArn: "arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/fax/2" } },
    httpMethod: method,
    path,
    multiValueQueryStringParameters: {},
    multiValueHeaders: multiple(headers),
    body: body ?? "",
    isBase64Encoded,
  }),
  "an Application Load Balancer": ({ method, path, headers, body, isBase64Encoded }) => ({
    requestContext: { elb: { targetGroupArn: "arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/fax/1" } },
    httpMethod: method,
    path,
    queryStringParameters: {},
    headers,
    body: body ?? "",
    isBase64Encoded,
  }),
};

/** A POST of mintfax's as it comes to AWS. */
export function deliveryTo(
  path: string,
  { headers, body }: SignedDelivery,
  isBase64Encoded: boolean,
): Request {
  return {
    method: "POST",
    path,
    headers: { host: "fax.example", ...headers, "content-length": String(body.length) },
    body: Buffer.from(body).toString(isBase64Encoded ? "base64" : "utf8"),
    isBase64Encoded,
  };
}
