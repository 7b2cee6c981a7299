import { longSceneOf } from "./support/scenes.ts";
import { testShown } from "./support/test-shown.ts";

testShown(longSceneOf);
