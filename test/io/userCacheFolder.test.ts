import assert from "node:assert/strict";
import { test } from "node:test";
import { userCacheFolder } from "../../server/src/io/userCacheFolder.ts";

/** On a system with `/` as separator; on Windows itself the separators differ. */
function checkFolder(
  system: string,
  environment: Readonly<Record<string, string>>,
  homeFolder: string,
  expected: string | undefined,
): void {
  const folder = userCacheFolder({ environment, homeFolder, system });
  assert.equal(folder?.replaceAll("\\", "/"), expected);
}

test("each system's own place for caches", () => {
  checkFolder("linux", {}, "/home/ada", "/home/ada/.cache/tare");
  checkFolder("darwin", {}, "/Users/ada", "/Users/ada/Library/Caches/tare");
  checkFolder("win32", {}, "/users/ada", "/users/ada/AppData/Local/tare");
});

test("what the environment names wins, when it is absolute", () => {
  checkFolder("linux", { XDG_CACHE_HOME: "/var/cache/ada" }, "/home/ada", "/var/cache/ada/tare");
  checkFolder("linux", { XDG_CACHE_HOME: "relative" }, "/home/ada", "/home/ada/.cache/tare");
  checkFolder("win32", { LOCALAPPDATA: "/local" }, "/users/ada", "/local/tare");
});

test("without a home there is no cache", () => checkFolder("linux", {}, "", undefined));
