import { contentAt } from "../image/evidence.ts";
import type { ElfMention } from "../image/elf.ts";
import { linkRowOf, nodeKind } from "../image/fileTree.ts";
import type { ReadImage } from "../image/image.ts";
import type { LibraryClosure } from "../image/libraryClosure.ts";
import { linkPath } from "../image/linkPath.ts";
import type { TreePaths } from "../image/treePaths.ts";
import type { CarriedPath, Check, CheckKind, Program } from "./readiness.ts";
import type { ScratchInput } from "./scratchInput.ts";

/** A check with what it would have carried over. */
export interface Need {
  readonly check: Check;
  readonly carried: readonly CarriedPath[];
}

/** What is looked at for silent needs. */
export interface NeedContext {
  readonly input: ScratchInput;
  readonly program: Program | undefined;
  readonly closure: LibraryClosure | undefined;
  /** Of the final file system; undefined until the image is read. */
  readonly paths: TreePaths | undefined;
}

/**
 * What programs need without being asked: CA bundle, time zones, users, a place for temporary files, name service. What the image does not have today
 * cannot be needed; what is there is needed when the program names it, and unknown when the program cannot be seen.
 */
export function findSilentNeeds(context: NeedContext): readonly Need[] {
  return [
    certificates(context),
    timeZones(context),
    user(context),
    temporaryFiles(context),
    nameService(context),
  ].filter((need) => need !== undefined);
}

/** Whether the program, or a library it loads, names such a file; undefined when that cannot be seen. */
function mentions({ program, closure }: NeedContext, mention: ElfMention): boolean | undefined {
  const facts = program?.facts;
  if (facts === undefined) return undefined;
  if (facts.mentions?.includes(mention) === true) return true;
  if (mention === "certificates" && closure?.libraries.some(({ name }) => tlsLibrary.test(name))) {
    return true;
  }
  return facts.mentions === undefined || closure?.isWhole === false ? undefined : false;
}

const tlsLibrary = /^lib(?:ssl|gnutls|mbedtls|wolfssl|nss3|curl)\b/;

function certificates(context: NeedContext): Need | undefined {
  const { paths } = context;
  const path = bundlePaths.find((one) => isFile(paths, one));
  if (paths === undefined) return undefined;
  if (path === undefined) {
    return answer("certificates", "ok", "CA certificates", "The image has no CA bundle today.");
  }
  return byMention(context, "certificates", {
    kind: "certificates",
    title: "CA certificates",
    carried: [carry(paths, path, "certificates")],
    named: "The program, or a library it loads, names the CA bundle, and the image has one",
    unnamed: "Nothing in the program names a CA bundle.",
  });
}

/** Where Go, OpenSSL and GnuTLS look, Debian, Alpine and Fedora. Go's crypto/x509/root_linux.go. */
const bundlePaths = [
  "etc/ssl/certs/ca-certificates.crt",
  "etc/pki/tls/certs/ca-bundle.crt",
  "etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "etc/ssl/ca-bundle.pem",
  "etc/ssl/cert.pem",
];

function timeZones(context: NeedContext): Need | undefined {
  const { paths, input } = context;
  const last = input.chain.at(-1)?.instructions.at(-1);
  if (paths === undefined || last === undefined) return undefined;
  const zone = input.environmentAt(last).get("TZ")?.replace(/^:/, "");
  if (paths.find("usr/share/zoneinfo") === undefined) {
    return answer("time-zones", "ok", "Time zones", "The image has no time zone data today.");
  }
  const zonePath = zone === undefined || zone === "" ? undefined : `usr/share/zoneinfo/${zone}`;
  const path = zonePath !== undefined && isFile(paths, zonePath) ? zonePath : "usr/share/zoneinfo";
  return byMention(context, "time-zones", {
    kind: "time-zones",
    title: "Time zones",
    carried: [carry(paths, path, "time-zones")],
    named: "The program names the time zone data, and the image has it",
    unnamed: "Nothing in the program names time zone data.",
  });
}

function user({ input }: NeedContext): Need | undefined {
  const instruction = input.chain
    .flatMap(({ instructions }) => instructions)
    .findLast(({ keyword }) => keyword === "USER");
  const named = instruction?.words[0]?.text ?? input.image?.description.config.settings.user ?? "";
  if (/^\d*(?::\d*)?$/.test(named)) return undefined;
  const [name = "", group] = named.split(":");
  const ids = input.read && numericUser(input.read, name, group);
  const { state, evidence } = userEvidence(named, ids, input.read !== undefined);
  return answer("user", state, "User", evidence, instruction?.keywordSpan);
}

function userEvidence(
  named: string,
  ids: string | undefined,
  isRead: boolean,
): Pick<Check, "state" | "evidence"> {
  if (ids !== undefined) {
    return {
      state: "needs",
      evidence: `etc/passwd says that ${named} is ${ids}: scratch takes the numbers.`,
    };
  }
  return isRead
    ? {
        state: "blocks",
        evidence: `etc/passwd of the image does not know the user of USER ${named}.`,
      }
    : {
        state: "unknown",
        evidence: `USER ${named} is a name, and no image is read that says which number it stands for.`,
      };
}

/** `uid:gid` of a user by the image's own lists; undefined when they do not know the name. */
export function numericUser(
  read: ReadImage,
  name: string,
  group: string | undefined,
): string | undefined {
  const row = /^\d+$/.test(name) ? undefined : rowOf(read, "etc/passwd", name);
  const uid = /^\d+$/.test(name) ? name : row?.[2];
  const ownGroup = row?.[3];
  const gid =
    group === undefined
      ? ownGroup
      : /^\d+$/.test(group)
        ? group
        : rowOf(read, "etc/group", group)?.[2];
  if (uid === undefined || (group !== undefined && gid === undefined)) return undefined;
  return gid === undefined ? uid : `${uid}:${gid}`;
}

function rowOf(read: ReadImage, path: string, name: string): readonly string[] | undefined {
  const kept = contentAt(read, path);
  if (kept?.isWhole !== true) return undefined;
  return new TextDecoder()
    .decode(kept.bytes)
    .split("\n")
    .map((line) => line.split(":"))
    .find(([first]) => first === name);
}

function temporaryFiles(context: NeedContext): Need | undefined {
  if (context.paths?.find("tmp") === undefined) return undefined;
  return byMention(context, "temporary-files", {
    kind: "temporary-files",
    title: "Temporary files",
    carried: [],
    named: "The program names /tmp, which has to be made",
    unnamed: "Nothing in the program names /tmp.",
  });
}

/** glibc asks its name service through modules it loads as it goes; musl, Go and Zig do it themselves. */
function nameService({ program, closure }: NeedContext): Need | undefined {
  const facts = program?.facts;
  if (facts === undefined) return undefined;
  const isGlibc = closure?.libraries.some(({ name }) => /^libc\.so\.6$/.test(name)) === true;
  const asks =
    facts.mentions?.includes("resolver") === true || facts.mentions?.includes("users") === true;
  if (!isGlibc || !asks) {
    const evidence = isGlibc
      ? "Nothing in the program asks for users or host names by itself."
      : "Names are resolved without loadable modules.";
    return answer("name-service", "ok", "Name service", evidence);
  }
  return answer(
    "name-service",
    "unknown",
    "Name service",
    "The C library loads modules for users and host names as it goes; only a run shows which.",
  );
}

function byMention(
  context: NeedContext,
  mention: ElfMention,
  what: {
    readonly kind: CheckKind;
    readonly title: string;
    readonly carried: readonly CarriedPath[];
    readonly named: string;
    readonly unnamed: string;
  },
): Need {
  const isNamed = mentions(context, mention);
  const { kind, title, carried } = what;
  if (isNamed === false) return answer(kind, "ok", title, what.unnamed);
  const evidence =
    isNamed === true
      ? `${what.named}.`
      : "The image has it, and whether the program uses it cannot be seen.";
  const bytes = carried.reduce((sum, path) => sum + path.bytes, 0);
  const check: Check = {
    kind,
    state: isNamed === true ? "needs" : "unknown",
    title,
    evidence,
    bytes: carried.length === 0 ? undefined : bytes,
    span: undefined,
  };
  return { check, carried };
}

function answer(
  kind: CheckKind,
  state: Check["state"],
  title: string,
  evidence: string,
  span?: Check["span"],
): Need {
  return { check: { kind, state, title, evidence, bytes: undefined, span }, carried: [] };
}

function isFile(paths: TreePaths | undefined, path: string): boolean {
  return paths !== undefined && linkPath(paths, path).length > 0;
}

/** A path of the final file system to be carried over: the file it leads to, or all below a directory. Its bytes by whichever name of an inode group it has. */
export function carry(paths: TreePaths, path: string, why: CarriedPath["why"]): CarriedPath {
  const { tree } = paths;
  const node = paths.findExact(linkPath(paths, path).at(-1) ?? path);
  if (node === undefined) return { path, isDirectory: false, bytes: 0, why };
  const isDirectory = tree.kind[node] === nodeKind.directory;
  const first = tree.links.first[linkRowOf(tree.links, node)] ?? -1;
  const bytes = isDirectory ? tree.subtreeBytes[node] : tree.bytes[first < 0 ? node : first];
  return { path, isDirectory, bytes: bytes ?? 0, why };
}
