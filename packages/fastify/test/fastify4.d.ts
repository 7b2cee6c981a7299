/** Fastify 4 under a name of its own. What the tests use of it is typed as in Fastify 5. */
declare module "fastify4" {
  import fastify from "fastify";
  export default fastify;
}
