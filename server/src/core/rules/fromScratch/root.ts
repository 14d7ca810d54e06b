import type { ReadImage } from "../../image/image.ts";
import type { ContainerSettings } from "../../image/imageConfig.ts";
import { linkPath } from "../../image/linkPath.ts";
import { type TreePaths, plainPath } from "../../image/treePaths.ts";

/** The files of the image with what a container is started with. */
export interface Root {
  readonly read: ReadImage;
  readonly paths: TreePaths;
  readonly settings: ContainerSettings;
}

/** Value of a variable that the container is started with. */
export function variable({ env }: ContainerSettings, name: string): string | undefined {
  return env.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** What engines set where the image does not. */
export const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** The file of a program as execvp(3) finds it, links followed; undefined when it is not there. */
export function findProgram({ paths, settings }: Root, named: string): string | undefined {
  const workingDirectory = settings.workingDir ?? "/";
  const candidates = named.includes("/")
    ? [named.startsWith("/") ? named : `${workingDirectory}/${named}`]
    : (variable(settings, "PATH") ?? defaultPath)
        .split(":")
        .map((directory) => `${directory === "" ? workingDirectory : directory}/${named}`);
  return candidates
    .map((candidate) => linkPath(paths, plainPath(candidate)).at(-1))
    .find((path) => path !== undefined);
}
