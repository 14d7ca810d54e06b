import { apkCacheKept } from "../../../server/src/core/rules/apkCacheKept.ts";
import { testCacheRule } from "./managers/cacheCases.ts";

testCacheRule(apkCacheKept, {
  message: "Package indexes of apk stay in this layer.",
  reported: [
    ["RUN apk update && apk add curl", "apk update"],
    ["RUN apk add --update curl", "apk add"],
    ["RUN apk add -U curl", "apk add"],
    ["RUN apk add curl", "apk add"],
    ["RUN apk add curl\nRUN apk add git", "apk add"],
    ["RUN apk update\nRUN apk add git", "apk update"],
    ["RUN apk -U add curl", "apk -U add"],
    ["RUN set -eux; \\\n  apk add --update curl; \\\n  curl --version", "apk add"],
  ],
  silent: [
    "RUN apk add --no-cache curl",
    "RUN apk add -U --no-cache curl",
    "RUN apk add --no-network curl",
    "RUN apk update && apk add curl && rm -rf /var/cache/apk/*",
    "RUN apk add --update curl && rm -f /var/cache/apk/*",
    "RUN --mount=type=cache,target=/var/cache/apk apk add -U curl",
    "RUN apk del .build-deps",
  ],
  measured: [
    ["var/cache/apk/APKINDEX.1.tar.gz 2MB", "2 MB of package indexes of apk stay in this layer."],
  ],
  fixes: [
    ["RUN apk add --update curl", "RUN apk add --no-cache --update curl", "Add --no-cache"],
    [
      "RUN apk add curl\nRUN apk add git",
      "RUN apk add --no-cache curl\nRUN apk add --no-cache git",
      "Add --no-cache",
    ],
    [
      "RUN apk update && apk add curl",
      "RUN apk update && apk add curl && rm -rf /var/cache/apk/*",
      "Delete the package indexes in the same RUN",
    ],
  ],
});
