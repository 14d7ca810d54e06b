import { yarnCacheKept } from "../../../server/src/core/rules/yarnCacheKept.ts";
import { testCacheRule } from "./managers/cacheCases.ts";

testCacheRule(yarnCacheKept, {
  message: "Files of yarn's cache stay in this layer.",
  reported: [
    ["RUN yarn install --frozen-lockfile", "yarn install"],
    ["RUN yarn --frozen-lockfile --production", "yarn"],
  ],
  silent: [
    "RUN yarn install --frozen-lockfile && yarn cache clean",
    "RUN yarn install --immutable",
    "RUN yarn",
    "RUN yarn build",
    "RUN yarn install --frozen-lockfile && rm -rf /usr/local/share/.cache",
    "RUN --mount=type=cache,target=/usr/local/share/.cache/yarn yarn install --frozen-lockfile",
  ],
  measured: [
    ["usr/local/share/.cache/yarn/v6/a 30MB", "30 MB of files of yarn's cache stay in this layer."],
    ["root/.yarn/berry/cache/a.zip 30MB", "30 MB of files of yarn's cache stay in this layer."],
  ],
  fixes: [
    [
      "RUN yarn install --frozen-lockfile",
      "RUN yarn install --frozen-lockfile && yarn cache clean",
      "Empty yarn's cache in the same RUN",
    ],
  ],
});
