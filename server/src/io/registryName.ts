import { parseDigest, type Digest } from "../core/image/digest.ts";
import { normaliseImageName, parseImageName } from "../core/image/reference.ts";

/** Where an image is asked for. */
export interface RegistryName {
  /** The name as Docker completes it, for people and as a key. */
  readonly text: string;
  /** As names have it: `docker.io`, `ghcr.io`, `localhost:5000`. Credentials are kept under it. */
  readonly registry: string;
  /** Which host answers for it, with its port. */
  readonly host: string;
  readonly repository: string;
  /** What follows `manifests/`: the digest where the name has one, else the tag. */
  readonly reference: string;
  readonly digest: Digest | undefined;
}

/** The registry, the repository and the tag or digest of an image's name; undefined for what is no name. */
export function parseRegistryName(text: string): RegistryName | undefined {
  const parts = parseImageName(text);
  if (parts === undefined) return undefined;
  const whole = normaliseImageName(text);
  const slash = whole.indexOf("/");
  const registry = whole.slice(0, slash);
  const at = whole.indexOf("@");
  const repositoryEnd = at < 0 ? whole.lastIndexOf(":") : at;
  return {
    text: whole,
    registry,
    host: registry === "docker.io" ? "registry-1.docker.io" : registry,
    repository: whole.slice(slash + 1, repositoryEnd),
    reference: parts.digest ?? parts.tag ?? "latest",
    digest: parts.digest === undefined ? undefined : parseDigest(parts.digest),
  };
}

/** Whether a host (with or without port) is this machine: only there is a registry without TLS talked to. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/:\d+$/, "").toLowerCase();
  return name === "localhost" || name === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(name);
}
