import type { Fix, Rule, Severity } from "../rules/rule.ts";
import type { Span } from "../text/span.ts";
import { positionsIn } from "../text/position.ts";
import type { LintedFile, PlacedFinding } from "./findings.ts";
import { fixTitle, placedFindings } from "./findings.ts";

/** Who writes the log: what is listed under `tool.driver`. */
export interface SarifTool {
  readonly version: string;
  /** All rules there are, in their order. */
  readonly rules: readonly Rule[];
}

/**
 * Findings as a SARIF 2.1.0 log with one run, as data for `JSON.stringify`: each result with its region, its saving and its fixes. Paths that
 * were named relative stay so, and are relative to wherever the tool ran.
 */
export function sarifLog(files: readonly LintedFile[], { version, rules }: SarifTool): object {
  const ruleIndex = new Map(rules.map(({ code }, index) => [code, index]));
  return {
    $schema:
      "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "Tare", semanticVersion: version, rules: rules.map(descriptor) } },
        columnKind: "utf16CodeUnits",
        artifacts: files.map(({ path }) => ({ location: { uri: uriOf(path) } })),
        results: files.flatMap((file, artifact) => {
          const write = writerFor(file, artifact);
          return placedFindings(file.analysis).map((placed) =>
            write(placed, ruleIndex.get(placed.finding.code) ?? -1),
          );
        }),
      },
    ],
  };
}

const levels: Readonly<Record<Severity, string>> = {
  error: "error",
  warning: "warning",
  information: "note",
  hint: "note",
};

function descriptor({ code, title, severity }: Rule): object {
  return {
    id: code,
    shortDescription: { text: `${title}.` },
    defaultConfiguration: { level: levels[severity] },
  };
}

type ResultWriter = (placed: PlacedFinding, ruleIndex: number) => object;

function writerFor(file: LintedFile, artifact: number): ResultWriter {
  const placeOf = positionsIn(file.analysis.dockerfile.text);
  const artifactLocation = { uri: uriOf(file.path), index: artifact };
  const regionOf = (span: Span): object => {
    const { start, end } = placeOf(span);
    return {
      startLine: start.lineNumber,
      startColumn: start.column,
      endLine: end.lineNumber,
      endColumn: end.column,
    };
  };
  const locationOf = (span: Span): object => ({
    physicalLocation: { artifactLocation, region: regionOf(span) },
  });
  return ({ finding }, ruleIndex) => {
    const { code, severity, message, span, related, saving, fixes } = finding;
    return {
      ruleId: code,
      ...(ruleIndex < 0 ? {} : { ruleIndex }),
      level: levels[severity],
      message: { text: message },
      locations: [locationOf(span)],
      ...(related.length === 0
        ? {}
        : {
            relatedLocations: related.map((place, id) => ({
              id,
              ...locationOf(place.span),
              message: { text: place.message },
            })),
          }),
      fixes: fixes.flatMap((fix) => fixOf(fix, file, artifactLocation, regionOf)),
      ...(saving === undefined
        ? {}
        : { properties: { savingBytes: saving.bytes, savingBasis: saving.basis } }),
    };
  };
}

function fixOf(
  fix: Fix,
  file: LintedFile,
  artifactLocation: object,
  regionOf: (span: Span) => object,
): readonly object[] {
  const dockerfileChange = {
    artifactLocation,
    replacements: fix.edits.map(({ span, newText }) => ({
      deletedRegion: regionOf(span),
      insertedContent: { text: newText },
    })),
  };
  const artifactChanges = [
    ...(fix.edits.length === 0 ? [] : [dockerfileChange]),
    ...ignoreChange(fix, file),
  ];
  if (artifactChanges.length === 0) return [];
  return [{ description: { text: `${fixTitle(fix)}.` }, artifactChanges }];
}

/** The whole file is written anew: a viewer that makes the fix needs no more than its length before. */
function ignoreChange(
  { dockerignore }: Fix,
  { dockerignorePath, dockerignoreText }: LintedFile,
): readonly object[] {
  if (dockerignore === undefined || dockerignorePath === undefined) return [];
  return [
    {
      artifactLocation: { uri: uriOf(dockerignorePath) },
      replacements: [
        {
          deletedRegion: { charOffset: 0, charLength: (dockerignoreText ?? "").length },
          insertedContent: { text: dockerignore },
        },
      ],
    },
  ];
}

/** RFC 3986: a relative path as a relative reference, an absolute one as `file:`. */
function uriOf(path: string): string {
  const parts = path.replaceAll("\\", "/").split("/").map(encodeURIComponent).join("/");
  if (/^[a-z]%3A\//i.test(parts)) return `file:///${parts.replace("%3A", ":")}`;
  return parts.startsWith("/") ? `file://${parts}` : parts;
}
