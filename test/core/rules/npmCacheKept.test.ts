import { npmCacheKept } from "../../../server/src/core/rules/npmCacheKept.ts";
import { testCacheRule } from "./managers/cacheCases.ts";

testCacheRule(npmCacheKept, {
  message: "Files of npm's cache stay in this layer.",
  reported: [
    ["RUN npm ci", "npm ci"],
    ["RUN npm install -g typescript", "npm install"],
    ["RUN npm ci --omit=dev && npm run build", "npm ci"],
    ["RUN npm ci && npm cache verify", "npm ci"],
  ],
  silent: [
    "RUN npm ci && npm cache clean --force",
    "RUN npm ci; npm cache clean -f",
    "RUN npm ci && rm -rf ~/.npm",
    "RUN npm ci && rm -rf /root/.npm/_cacache",
    "RUN --mount=type=cache,target=/root/.npm npm ci",
    "RUN --mount=type=cache,target=/tmp/c npm ci --cache /tmp/c",
    "RUN npm run build",
    "RUN npm --version",
  ],
  measured: [
    [
      "root/.npm/_cacache/a 30MB, root/.npm/_logs/a 1MB",
      "30 MB of files of npm's cache stay in this layer.",
    ],
    ["home/node/.npm/_cacache/a 30MB", "30 MB of files of npm's cache stay in this layer."],
  ],
  fixes: [
    ["RUN npm ci", "RUN npm ci && npm cache clean --force", "Empty npm's cache in the same RUN"],
    [
      "COPY --link a b\nRUN npm ci",
      "COPY --link a b\nRUN --mount=type=cache,target=/root/.npm npm ci",
      "Keep files of npm's cache in a cache mount",
    ],
  ],
});
