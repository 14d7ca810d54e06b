import { dirname, posix } from "node:path";
import type { Dockerfile } from "../core/analysis.ts";
import type { ChosenBy } from "../protocol.ts";
import type { Settings } from "./settings.ts";
import type { Folder } from "./folders.ts";
import { pathOfUri, relativeTo } from "./folders.ts";

/** An image that the user named for a Dockerfile. */
export interface NamedImage {
  readonly reference: string;
  /** Where relative paths start; undefined where there is no folder. */
  readonly baseFolder: string | undefined;
  readonly chosenBy: Exclude<ChosenBy, "history">;
}

/** What naming an image takes beside the text. */
export interface NamingPlace {
  readonly uri: string;
  /** The workspace folder that holds the file; for a file outside, the first one; undefined without a workspace. */
  readonly folder: Folder | undefined;
  readonly settings: Settings;
  /** What the user chose for this file earlier. */
  readonly remembered: string | undefined;
}

/** The image that a directive, then a setting, then the user's choice names; undefined when nothing does. DESIGN §5. */
export function namedImage(dockerfile: Dockerfile, place: NamingPlace): NamedImage | undefined {
  const path = pathOfUri(place.uri);
  const ownFolder = path === undefined ? place.folder?.path : dirname(path);
  const workspaceFolder = place.folder?.path ?? ownFolder;
  const directive = directiveImage(dockerfile);
  if (directive !== undefined) {
    return { reference: directive, baseFolder: ownFolder, chosenBy: "directive" };
  }
  const setting = settingImage(place, path);
  if (setting !== undefined) {
    return { reference: setting, baseFolder: workspaceFolder, chosenBy: "setting" };
  }
  return place.remembered === undefined
    ? undefined
    : { reference: place.remembered, baseFolder: workspaceFolder, chosenBy: "remembered" };
}

function directiveImage({ directives }: Dockerfile): string | undefined {
  return directives
    .flatMap(({ settings }) => settings)
    .find(({ key, value }) => key === "image" && value !== "")?.value;
}

/** The first glob that fits the path below the workspace folder, written with `/` on every system. */
function settingImage(
  { folder, settings }: NamingPlace,
  path: string | undefined,
): string | undefined {
  if (path === undefined) return undefined;
  const relative = folder === undefined ? undefined : relativeTo(folder, path);
  const subject = relative ?? path;
  return settings.images.find(
    ([glob]) => glob === subject || posix.matchesGlob(subject, glob.replace(/^\.\//, "")),
  )?.[1];
}
