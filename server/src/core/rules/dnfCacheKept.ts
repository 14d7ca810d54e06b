import { cacheRule } from "./managers/cacheRule.ts";
import { type ToolCall, hasOption, isCall } from "./managers/toolCall.ts";
import type { Rule } from "./rule.ts";

const cacheFolders = ["/var/cache/dnf", "/var/cache/libdnf5", "/var/cache/yum"];

/** Metadata and packages that dnf, yum or microdnf leave in the layer: `/var/cache/dnf` and its like. */
export const dnfCacheKept: Rule = cacheRule(
  { code: "dnf-cache-kept", title: "The cache of dnf or yum stays in the layer" },
  [
    {
      content: "metadata and packages of dnf",
      tools: ["dnf"],
      folders: () => cacheFolders,
      isFilledBy: (call) =>
        isCall(
          call,
          "dnf",
          "install|update|upgrade|makecache|groupinstall|group|module|reinstall|distro-sync|builddep|localinstall|swap|check-update",
        ),
      isEmptiedBy: (call) => isCall(call, "dnf", "clean", "all|dbcache|metadata"),
      isCertain: () => true,
      cleaningTitle: "Delete the cache of dnf in the same RUN",
      // What `dnf clean all` leaves behind differs between versions, so folders that were measured are deleted by name.
      cleaning: (_, fillers) => ({ command: cleanAll(fillers), folders: [] }),
      mount: { folder: () => "/var/cache/dnf", options: ",sharing=locked" },
      isSafe: true,
      needs: (call) => hasOption(call, "-C", "--cacheonly"),
      renews: () => false,
    },
  ],
);

/** A base with microdnf or yum need not have dnf. */
function cleanAll(fillers: readonly ToolCall[]): string {
  const names = new Set(fillers.map(({ command }) => command.name ?? "dnf"));
  return [...names].map((name) => `${name} clean all`).join(" && ");
}
