import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { installPackages } from "./engine.ts";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const applications = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** Arguments with which Chromium runs on a machine without a desk and keeps to itself. */
export const browserArguments: readonly string[] = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--force-color-profile=srgb",
];

/** A Chromium or Chrome of this machine, or Debian's, installed when this is root; or why there is none. */
export async function bringBrowser(): Promise<
  { readonly path: string } | { readonly reason: string }
> {
  const path = findBrowser();
  if (path !== undefined) return { path };
  const reason = await installPackages({ chromium: "chromium" });
  const brought = findBrowser();
  return brought === undefined
    ? { reason: reason ?? "no Chromium could be installed" }
    : { path: brought };
}

function findBrowser(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return [
    ...names.flatMap((name) => folders.map((folder) => join(folder, name))),
    ...applications,
  ].find((path) => existsSync(path));
}
