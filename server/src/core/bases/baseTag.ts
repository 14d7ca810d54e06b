/** A tag of an official image, read as docker-library writes them: `20-bookworm-slim`, `3.13-slim-trixie`, `8-fpm-alpine3.22`. */
export interface BaseTag {
  /** `20`, `1.19.5`, `lts`; undefined for `latest` and for a tag that starts with a variant (`slim`, `bookworm-slim`). */
  readonly version: string | undefined;
  /** Other words in their order: `jre`, `fpm`, `threaded`. */
  readonly flavors: readonly string[];
  /** Release of Debian, Ubuntu or UBI: `bookworm`, `noble`, `ubi9`. */
  readonly suite: string | undefined;
  readonly isAlpine: boolean;
  /** `slim` or `minimal`. */
  readonly isSlim: boolean;
}

/** Releases of Debian by number; both name the same images. docker-library/official-images, library/debian. */
export const debianSuites: Readonly<Record<string, string>> = {
  "10": "buster",
  "11": "bullseye",
  "12": "bookworm",
  "13": "trixie",
};

/** Releases of Ubuntu by number; both name the same images. docker-library/official-images, library/ubuntu. */
export const ubuntuSuites: Readonly<Record<string, string>> = {
  "20.04": "focal",
  "22.04": "jammy",
  "24.04": "noble",
};

const suites: ReadonlySet<string> = new Set([
  "stretch",
  "sid",
  "testing",
  "stable",
  "oldstable",
  "oldoldstable",
  "unstable",
  "forky",
  ...Object.values(debianSuites),
  ...Object.values(ubuntuSuites),
]);

/** BusyBox puts its C library where others put a version. */
const libcs: ReadonlySet<string> = new Set(["glibc", "musl", "uclibc"]);

/** Reads a tag; total, for every tag is some tag. Whether an image follows this convention at all is the caller's to know. */
export function parseBaseTag(tag: string): BaseTag {
  const words = tag.split("-");
  const first = words[0] ?? "";
  const isVersion = !isVariantWord(first) && !libcs.has(first) && first !== "latest";
  const rest = words.slice(isVersion || first === "latest" ? 1 : 0);
  const alpineAt = rest.findIndex((word) => /^alpine[\d.]*$/.test(word));
  return {
    version: isVersion ? first : undefined,
    // A number behind `alpine` is its release, as eclipse-temurin writes it.
    flavors: rest.filter(
      (word, index) => !isVariantWord(word) && !(index === alpineAt + 1 && /^[\d.]+$/.test(word)),
    ),
    suite: rest.find(isSuite),
    isAlpine: alpineAt >= 0,
    isSlim: rest.includes("slim") || rest.includes("minimal"),
  };
}

function isVariantWord(word: string): boolean {
  return isSuite(word) || word === "slim" || word === "minimal" || /^alpine[\d.]*$/.test(word);
}

function isSuite(word: string): boolean {
  return suites.has(word) || /^ubi\d*$/.test(word);
}
