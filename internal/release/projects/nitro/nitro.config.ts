/** As Nuxt has it: the server's folder is `server`. */
export default { srcDir: "server", compatibilityDate: "2026-01-01" };
