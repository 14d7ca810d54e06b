import { zypperCacheKept } from "../../../server/src/core/rules/zypperCacheKept.ts";
import { testCacheRule } from "./managers/cacheCases.ts";

testCacheRule(zypperCacheKept, {
  message: "Metadata and packages of zypper stay in this layer.",
  reported: [
    ["RUN zypper --non-interactive install curl", "zypper --non-interactive install"],
    ["RUN zypper -n in curl", "zypper -n in"],
  ],
  silent: [
    "RUN zypper -n in curl && zypper clean --all",
    "RUN zypper -n in curl && zypper cc -a",
    "RUN zypper -n in curl && rm -rf /var/cache/zypp/*",
    "RUN zypper rm curl",
  ],
  measured: [
    ["var/cache/zypp/raw/a 5MB", "5 MB of metadata and packages of zypper stay in this layer."],
  ],
  fixes: [
    [
      "RUN zypper -n in curl",
      "RUN zypper -n in curl && zypper clean --all",
      "Delete the cache of zypper in the same RUN",
    ],
  ],
});
