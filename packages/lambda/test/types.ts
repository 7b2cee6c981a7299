/** Checked by the compiler alone. */
import { mintfaxWebhooks, type TransactionalStore, toLambda } from "@mintfax-webhooks/lambda";
import type {
  ALBHandler,
  APIGatewayProxyHandler,
  APIGatewayProxyHandlerV2,
  LambdaFunctionURLHandler,
  SQSHandler,
} from "aws-lambda";

declare const sql: TransactionalStore<{ query(text: string): Promise<void> }>;

const handler = toLambda(mintfaxWebhooks());
handler satisfies APIGatewayProxyHandler;
handler satisfies APIGatewayProxyHandlerV2;
handler satisfies LambdaFunctionURLHandler;
handler satisfies ALBHandler;
// @ts-expect-error not for events of a queue
handler satisfies SQSHandler;

toLambda(mintfaxWebhooks({ store: sql }).on("*", (_, { tx }) => tx.query("...")));
mintfaxWebhooks().on("fax.failed", ({ data: { object: fax } }, { platform }) => {
  platform.context.awsRequestId satisfies string | undefined;
  fax.error_code satisfies string;
});
// @ts-expect-error the default store has no transaction
mintfaxWebhooks().on("*", (_, { tx }) => tx);
// @ts-expect-error the parentheses are missing
toLambda(mintfaxWebhooks);
