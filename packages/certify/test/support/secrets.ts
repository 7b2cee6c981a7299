export const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";
