import { linkPath } from "../image/linkPath.ts";
import { nameService } from "./nameService.ts";
import {
  type Need,
  type NeedContext,
  answer,
  byMention,
  carry,
  isFile,
  numericUser,
} from "./needs.ts";
import type { CarriedPath, Check } from "./readiness.ts";
import { timeZones } from "./timeZones.ts";

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
    carried: [carry(paths, path, "certificates"), ...defaultBundles(context, path)],
    named: "The program, or a library it loads, names the CA bundle, and the image has one",
    unnamed: "Nothing in the program names a CA bundle.",
  });
}

/** Where OpenSSL looks unless it is told, other than the bundle itself: a link to it or, rarely, a file. Go has its own list. */
function defaultBundles({ program, paths }: NeedContext, bundle: string): readonly CarriedPath[] {
  if (paths === undefined || program?.facts?.go !== undefined) return [];
  return opensslDefaults
    .filter((path) => path !== bundle && isFile(paths, path))
    .map((path) => {
      const isLink = linkPath(paths, path).at(-1) === linkPath(paths, bundle).at(-1);
      const carried = carry(paths, path, "certificates");
      return isLink ? { ...carried, bytes: 0 } : carried;
    });
}

/** `cert.pem` in OPENSSLDIR as Debian, Alpine and Fedora set it. */
const opensslDefaults = ["usr/lib/ssl/cert.pem", "etc/ssl/cert.pem", "etc/pki/tls/cert.pem"];

/** Where Go, OpenSSL and GnuTLS look, Debian, Alpine and Fedora. Go's crypto/x509/root_linux.go. */
const bundlePaths = [
  "etc/ssl/certs/ca-certificates.crt",
  "etc/pki/tls/certs/ca-bundle.crt",
  "etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "etc/ssl/ca-bundle.pem",
  "etc/ssl/cert.pem",
];

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
