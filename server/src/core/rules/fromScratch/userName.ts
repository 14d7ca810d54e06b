import { contentAt } from "../../image/evidence.ts";
import type { RuleContext } from "../context.ts";
import type { Fix, Report } from "../rule.ts";
import type { FinalFiles } from "./finalFiles.ts";

/** A USER by name that no `etc/passwd` knows: engines refuse to start the container. */
export function* userReports(context: RuleContext, files: FinalFiles): Iterable<Report> {
  const user = context.shipped.findLast(({ keyword }) => keyword === "USER");
  const [word] = user?.words ?? [];
  if (user === undefined || word === undefined || user.words.length > 1) return;
  const [name = ""] = word.text.split(":");
  if (!/^[a-z_][\w.-]*$/i.test(name)) return;
  const trouble = troubleWith(files, name);
  if (trouble === undefined) return;
  yield {
    span: word.span,
    instruction: user.index,
    message: `The user \`${name}\` is not known: ${trouble}. A number needs no name.`,
    saving: undefined,
    fixes: toNumber(word.text).map((number): Fix => ({
      title: `Name the user by its number, ${number}`,
      kind: "quickfix",
      isSafe: true,
      edits: [{ span: word.span, newText: number }],
      saving: undefined,
    })),
    related: [],
  };
}

function troubleWith(files: FinalFiles, name: string): string | undefined {
  if (files.isMissing("etc/passwd")) {
    return files.image === undefined
      ? "nothing brings `/etc/passwd` into this image"
      : "there is no `/etc/passwd` in the image";
  }
  const kept = files.image && contentAt(files.image.read, "etc/passwd");
  if (kept?.isWhole !== true) return undefined;
  const lines = new TextDecoder().decode(kept.bytes).split("\n");
  const isKnown = lines.some((line) => line.startsWith(`${name}:`));
  return isKnown ? undefined : "`/etc/passwd` in the image has no such name";
}

/** Numbers that the same names have on Debian and Alpine, and in distroless images; empty for names that mean another number everywhere. */
function toNumber(user: string): readonly string[] {
  const number = user === "root" ? "0" : user === "nobody" ? "65534" : undefined;
  if (number !== undefined) return [`${number}:${number}`];
  return user === "nonroot" ? ["65532:65532"] : [];
}
