import { bunCacheKept } from "../../../server/src/core/rules/bunCacheKept.ts";
import { testCacheRule } from "./managers/cacheCases.ts";

testCacheRule(bunCacheKept, {
  reported: [],
  silent: ["RUN bun install"],
  measured: [
    [
      "root/.bun/install/cache/a/b 3MB, root/.bun/bin/bun 90MB",
      "3 MB of files of bun's cache stay in this layer.",
    ],
  ],
  fixes: [],
});
