const { MintfaxWebhookError } = require("@mintfax-webhooks/core");

module.exports = { MintfaxWebhookError };
