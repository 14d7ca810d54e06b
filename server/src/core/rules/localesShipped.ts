import type { Variables } from "../dockerfile/expand.ts";
import { formatSize } from "../text/size.ts";
import type { RuleContext } from "./context.ts";
import { isAtOrBelow } from "./layers/imagePath.ts";
import { findFix, reportKind, toReport } from "./kindReports.ts";
import type { Rule } from "./rule.ts";

/** Translated messages where the container speaks English. Silent where a language is set, or where that cannot be known. Needs a built image. */
export const localesShipped: Rule = {
  code: "locales-shipped",
  title: "Translations are shipped that nobody reads",
  severity: "information",
  *check(context) {
    if (speaksAnotherLanguage(context)) return;
    yield* reportKind(context, "translations", (found) => {
      const { weight } = found;
      const fixes = findFix(context, found, {
        title: "Delete the translations in the same RUN",
        paths: folders.filter((folder) =>
          weight.places.some((place) => isAtOrBelow(folder, place) || isAtOrBelow(place, folder)),
        ),
        expression: "-type f -name '*.mo' -exec rm -f {} +",
      });
      const message = `${formatSize(weight.bytes)} of translated messages are in this layer, and no language but English is set.`;
      return toReport(found, message, fixes);
    });
  },
};

/** Where gettext looks. */
const folders = ["usr/local/share/locale", "usr/share/locale"];

function speaksAnotherLanguage(context: RuleContext): boolean {
  const last = context.shipped.at(-1);
  const set: Variables = last === undefined ? new Map() : context.environmentAt(last);
  const isSet = languages.some((name) => set.has(name) && !isEnglish(set.get(name)));
  const own = last?.keyword === "ENV" ? last.words : [];
  return (
    isSet ||
    own.some(({ text }) => {
      const [name = "", value] = text.split("=", 2);
      return languages.includes(name) && !isEnglish(value);
    })
  );
}

/** Variables that name one. */
const languages: readonly string[] = ["LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES"];

function isEnglish(value: string | undefined): boolean {
  return value !== undefined && /^(?:|C|POSIX|en)(?:[._:@].*)?$/i.test(value);
}
