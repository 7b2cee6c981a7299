import { isMysql, isPostgres } from "../database-url.ts";

/**
 * What is wrong and the fix, where the TLS of a URL does not fit the server; undefined for another error.
 *
 * @param message has in it what the client said
 */
export function tlsInWords(message: string, url: string): string | undefined {
  if (/self-signed certificate|unable to (?:get|verify) .*certificate/i.test(message)) {
    const inUrl = isPostgres(url) ? ", or add sslrootcert=FILE to the URL's query" : "";
    return (
      "no authority that Node.js trusts has signed the server's certificate. Set the variable NODE_EXTRA_CA_CERTS to the PEM file of the " +
      `authority that has${inUrl}. In your application, the ca option of the driver does the same. (${message})`
    );
  }
  if (message.includes("does not match certificate's altnames")) {
    return `the server's certificate is for another host than the URL's. Write the host as the certificate has it. (${message})`;
  }
  if (message.includes("certificate has expired")) {
    return "the server's certificate has expired. Renew it at the server.";
  }
  if (isPostgres(url)) return postgresInWords(message);
  if (isMysql(url)) return mysqlInWords(message, url);
  return undefined;
}

function postgresInWords(message: string): string | undefined {
  if (message.includes("The server does not support SSL connections")) {
    return "the server has no TLS, and the URL asks for it. Take sslmode out of the URL, or set ssl = on at the server.";
  }
  if (/no pg_hba\.conf entry .*, no encryption/.test(message)) {
    return (
      "the server takes no connection without TLS from this host, for this user and database. Add sslmode=verify-full to the URL's " +
      `query. (${message})`
    );
  }
  return undefined;
}

function mysqlInWords(message: string, url: string): string | undefined {
  if (message.includes("Server does not support secure connection")) {
    return "the server has no TLS, and the URL asks for it. Take ssl out of the URL, or set ssl-cert and ssl-key at the server.";
  }
  if (message.includes("SSL profile must be an object")) {
    return "the ssl of the URL is not an object. Write ssl={} in the URL's query for TLS with default settings.";
  }
  if (message.includes("require_secure_transport")) {
    return "the server takes no connection without TLS. Add ssl={} to the URL's query.";
  }
  if (/Access denied for user .* \(using password/.test(message) && !/[?&]ssl=/.test(url)) {
    return (
      "the server refused the user or the password, or it is a MariaDB that takes no connection without TLS: then add ssl={} to the URL's " +
      `query. (${message})`
    );
  }
  return undefined;
}
