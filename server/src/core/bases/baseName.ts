import type { Digest } from "../image/digest.ts";
import { normaliseImageName, parseImageName } from "../image/reference.ts";

/** The name of a base image in its parts, as Docker completes it. distribution/reference. */
export interface BaseName {
  /** As the file has it, variables filled in. */
  readonly text: string;
  /** `docker.io` where the name states none. */
  readonly registry: string;
  /** With `library/` in front of an official image of Docker Hub. */
  readonly repository: string;
  /** Registry and repository in the shortest spelling that Docker understands: `node`, `gcr.io/distroless/static`. */
  readonly familiar: string;
  /** The spelling of the file without tag and digest; a new tag is put behind it. */
  readonly written: string;
  /** `latest` where the name states neither tag nor digest; undefined where it is only a digest. */
  readonly tag: string | undefined;
  /** What the builder takes where both are stated; the tag then says nothing certain. */
  readonly digest: Digest | undefined;
}

/** The parts of a base image's name, or undefined when an engine would refuse it. */
export function parseBaseName(text: string): BaseName | undefined {
  const parts = parseImageName(text);
  if (parts === undefined) return undefined;
  const whole = normaliseImageName(parts.name);
  const slash = whole.indexOf("/");
  const registry = whole.slice(0, slash);
  const repository = whole.slice(slash + 1, whole.lastIndexOf(":"));
  return {
    text,
    registry,
    repository,
    familiar:
      registry === "docker.io" ? repository.replace(/^library\//, "") : `${registry}/${repository}`,
    written: parts.name,
    tag: parts.tag ?? (parts.digest === undefined ? "latest" : undefined),
    digest: parts.digest,
  };
}
