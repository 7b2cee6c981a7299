/** Koa 2 under a name of its own. What the tests use of it is typed as in Koa 3. */
declare module "koa2" {
  import Koa from "koa";
  export default Koa;
}
