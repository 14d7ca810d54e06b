import { parseDigest } from "./digest.ts";
import { withoutAbsent } from "./json.ts";

/**
 * Where an image is to be found. `path` is a bare path whose format is sniffed by whoever opens it.
 * Paths are as written; relative ones are resolved by the caller, who knows against what.
 */
export type ImageReference =
  | { readonly kind: "engine"; readonly name: string }
  | { readonly kind: "docker-archive"; readonly path: string; readonly tag?: string }
  | { readonly kind: "oci"; readonly path: string; readonly tag?: string }
  | { readonly kind: "path"; readonly path: string };

const domainPattern = /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|\[[a-fA-F0-9:]+\])(?::\d+)?$/;
const componentPattern = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const tagPattern = /^\w[\w.-]{0,127}$/;

/**
 * Reads `name[:tag][@digest]`, `docker-archive:PATH[:tag]`, `oci:PATH[:tag]` or a bare path. Every text is some reference: what can be no
 * image name is a path. A name that could also be a path (`out/image`) is kind `engine`; whoever opens it looks at the disk first.
 */
export function parseImageReference(text: string): ImageReference {
  const trimmed = text.trim();
  const stored = /^(docker-archive|oci):(.*)$/s.exec(trimmed);
  if (stored !== null) {
    const kind = stored[1] === "oci" ? "oci" : "docker-archive";
    return { kind, ...splitTag(stored[2] ?? "") };
  }
  return isImageName(trimmed) ? { kind: "engine", name: trimmed } : { kind: "path", path: trimmed };
}

/** The reference in its one spelling; `parseImageReference` reads it back. */
export function formatImageReference(reference: ImageReference): string {
  switch (reference.kind) {
    case "engine":
      return reference.name;
    case "path":
      return reference.path;
    case "docker-archive":
    case "oci":
      return `${reference.kind}:${reference.path}${reference.tag === undefined ? "" : `:${reference.tag}`}`;
  }
}

/** The parts of an image name: `name` without tag and digest, as written. */
export interface ImageName {
  readonly name: string;
  readonly tag?: string;
  readonly digest?: string;
}

/** The name in its parts, or undefined when an engine would refuse it. distribution/reference, grammar of `Parse`. */
export function parseImageName(text: string): ImageName | undefined {
  const { before: tagged, after: digestText } = cut(text, text.indexOf("@"));
  const colon = tagged.lastIndexOf(":");
  const { before: name, after: tag } = cut(tagged, colon > tagged.lastIndexOf("/") ? colon : -1);
  const digest = digestText === undefined ? undefined : parseDigest(digestText);
  if (digestText !== undefined && digest === undefined) return undefined;
  if (tag !== undefined && !tagPattern.test(tag)) return undefined;
  if (name.length > 255 || !isRepository(name)) return undefined;
  return { name, ...withoutAbsent({ tag, digest }) };
}

/** The text around one character that is dropped; all of it is before when the place is negative. */
function cut(
  text: string,
  at: number,
): { readonly before: string; readonly after: string | undefined } {
  return at < 0
    ? { before: text, after: undefined }
    : { before: text.slice(0, at), after: text.slice(at + 1) };
}

/**
 * The name as Docker completes it, for comparing: `busybox` is `docker.io/library/busybox:latest`. A digest replaces the tag.
 * Text that is no image name comes back as it is.
 */
export function normaliseImageName(text: string): string {
  const parsed = parseImageName(text);
  if (parsed === undefined) return text;
  const { domain, path } = splitDomain(parsed.name);
  const repository = domain === "docker.io" && !path.includes("/") ? `library/${path}` : path;
  const suffix = parsed.digest === undefined ? `:${parsed.tag ?? "latest"}` : `@${parsed.digest}`;
  return `${domain}/${repository}${suffix}`;
}

/** Whether two names mean the same image. `localhost/x`, which podman writes for what it built itself, is the same as `x`. */
export function isSameImageName(one: string, other: string): boolean {
  return withoutLocalhost(normaliseImageName(one)) === withoutLocalhost(normaliseImageName(other));
}

function withoutLocalhost(normalised: string): string {
  return normalised.replace(/^(?:localhost|docker\.io\/library)\//, "");
}

function isImageName(text: string): boolean {
  return parseImageName(text) !== undefined;
}

function isRepository(name: string): boolean {
  const [first = "", ...rest] = name.split("/");
  if (rest.length === 0) return componentPattern.test(first);
  const isDomain = isDomainLike(first) ? domainPattern.test(first) : componentPattern.test(first);
  return isDomain && rest.every((component) => componentPattern.test(component));
}

/** Docker takes the first component for a registry when it could be a host name: it has a dot, a port or a capital, or is `localhost`. */
function isDomainLike(component: string): boolean {
  return component === "localhost" || /[.:A-Z[]/.test(component);
}

function splitDomain(name: string): { readonly domain: string; readonly path: string } {
  const slash = name.indexOf("/");
  const first = name.slice(0, Math.max(slash, 0));
  if (slash < 0 || !isDomainLike(first)) return { domain: "docker.io", path: name };
  return {
    domain: first === "index.docker.io" ? "docker.io" : first,
    path: name.slice(slash + 1),
  };
}

/** A path ends at its first colon, as skopeo reads it; the colon of a Windows drive (`C:\x`) is part of the path. */
function splitTag(text: string): { readonly path: string; readonly tag?: string } {
  const from = /^[A-Za-z]:[\\/]/.test(text) ? 2 : 0;
  const colon = text.indexOf(":", from);
  const tag = colon < 0 ? "" : text.slice(colon + 1);
  return { path: colon < 0 ? text : text.slice(0, colon), ...(tag === "" ? {} : { tag }) };
}
