import { aptArchivesKept } from "../../../server/src/core/rules/aptArchivesKept.ts";
import { testCacheRule } from "./managers/cacheCases.ts";

testCacheRule(aptArchivesKept, {
  reported: [],
  silent: ["RUN apt-get update && apt-get install -y curl"],
  measured: [
    [
      "var/cache/apt/archives/curl.deb 2MB, var/cache/apt/archives/lock 0",
      "2 MB of downloaded packages of apt stay in this layer.",
    ],
    [
      "var/cache/apt/pkgcache.bin 30MB, var/cache/apt/srcpkgcache.bin 30MB, var/cache/debconf/a 1MB",
      "60 MB of downloaded packages of apt stay in this layer.",
    ],
  ],
  fixes: [],
});
