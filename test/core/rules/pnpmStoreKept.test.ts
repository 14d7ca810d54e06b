import { pnpmStoreKept } from "../../../server/src/core/rules/pnpmStoreKept.ts";
import { testCacheRule } from "./managers/cacheCases.ts";

testCacheRule(pnpmStoreKept, {
  reported: [],
  silent: ["RUN pnpm install"],
  measured: [
    [
      "root/.local/share/pnpm/store/v10/files/aa/b 3MB, root/.local/share/pnpm/store/v10/links/a 5MB",
      "3 MB of files of pnpm's store stay in this layer.",
    ],
  ],
  fixes: [],
});
