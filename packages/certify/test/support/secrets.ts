export const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";
export const NEW_SECRET = "whsec_YW5vdGhlci1zZWNyZXQtb2YtMjQtYnl0ZXM=";
