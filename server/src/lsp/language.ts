import { posix } from "node:path";

const languageIds = new Set(["dockerfile", "containerfile", "docker"]);
const fileName = /^(?:(?:dockerfile|containerfile)(?:\..+)?|.+\.(?:dockerfile|containerfile))$/i;

/** Whether a document is a Dockerfile, by what the client calls it or by its name. Editors send other files too when several servers share a language. */
export function isDockerfile({
  languageId,
  uri,
}: {
  readonly languageId: string;
  readonly uri: string;
}): boolean {
  const name = posix.basename(uri);
  if (/\.dockerignore$/i.test(name)) return false;
  return languageIds.has(languageId.toLowerCase()) || fileName.test(name);
}
