import { cacheRule } from "./managers/cacheRule.ts";
import { isCall } from "./managers/toolCall.ts";
import type { Rule } from "./rule.ts";

/**
 * Downloaded `.deb` files that stay in the layer: `/var/cache/apt/archives`. Needs a built image, for the hook `docker-clean` of Debian's and
 * Ubuntu's images deletes them by itself.
 */
export const aptArchivesKept: Rule = cacheRule(
  { code: "apt-archives-kept", title: "Downloaded packages of apt stay in the layer" },
  [
    {
      content: "downloaded packages of apt",
      tools: ["apt"],
      folders: () => archiveFolders,
      isFilledBy: (call) =>
        isCall(call, "apt", "install|upgrade|full-upgrade|dist-upgrade|build-dep"),
      isEmptiedBy: (call) => isCall(call, "apt", "clean|distclean"),
      isCertain: () => false,
      cleaningTitle: "Delete the downloaded packages in the same RUN",
      cleaning: () => ({ command: "apt-get clean", folders: archiveFolders }),
      mount: { folder: () => "/var/cache/apt", options: ",sharing=locked" },
      isSafe: true,
      needs: (call) => call.options.some(({ text }) => text === "--no-download"),
      renews: () => false,
    },
  ],
);

const archiveFolders = [
  "/var/cache/apt/archives",
  "/var/cache/apt/pkgcache.bin",
  "/var/cache/apt/srcpkgcache.bin",
];
