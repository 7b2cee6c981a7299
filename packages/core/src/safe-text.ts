/** Text of others as a part of one line: no control characters, no secrets, no phone numbers, no more than `maxLength`. */
export function safeText(text: string, maxLength: number): string {
  const masked = MASKS.reduce(
    (shown, [kind, mask]) => shown.replace(kind, mask),
    text.slice(0, 4 * maxLength),
  );
  const cut = masked.length > maxLength ? `${masked.slice(0, maxLength)}...` : masked;
  return cut.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, escaped);
}

/** What drivers, platforms and databases quote in their messages, and what is said in its place. */
const MASKS: readonly (readonly [RegExp, string])[] = [
  // What JSON.parse and Headers were given.
  [/^([^"]*)".*"(?=(?:\.\.\.)? is (?:not valid JSON|an invalid header value))/s, '$1"***"'],
  // Redis quotes the commands that it does not know: HELLO, with the password in it.
  [/(?<=with args beginning with:) .*/s, " ***"],
  [/(whsec_|mfx_(?:test|live|acct)_)[\w+/][^\s"'`,;)]*/g, "$1***"],
  // JSON Web Tokens.
  [/\beyJ[\w-]+\.[\w.-]+/g, "***"],
  // Short words after them are English: "Basic authentication failed".
  [/\b(Bearer|Basic) (?=[^\s"'`]{20}|[^\s"'`]*[\d=])[^\s"'`,;)]+/gi, "$1 ***"],
  // In query parameters, connection strings, JSON, and headers.
  [
    /((?:passw(?:or)?d|pwd|secret|token|sig(?:nature)?|(?:api|access|account|private)[-_]?key)(?:=|["'`]? ?: ?(?=["'`])|(?<=token):(?=\S)))(?:"[^"]*"?|'[^']*'?|[^\s"'`,;&)]+)/gi,
    "$1***",
  ],
  // Credentials in a URL. A file's has none, and an @ of a path is a version.
  [/:\/\/(?!\/)(?:[^\s/:]*:\S*|[^\s/]*)@/g, "://***@"],
  // Phone numbers with a plus sign, in the groups of North America, or ten digits and more in a row.
  [/(?:\+|%2B)\d(?:[\s().-]{0,2}\d){6,}/gi, "***"],
  [/(?<![\w.-])(?:1[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}(?![\w-])/g, "***"],
  [/(?<![\w-])\d{10,15}(?![\w-])/g, "***"],
];

function escaped(character: string): string {
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;
}
