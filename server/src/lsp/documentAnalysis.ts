import type {
  Analysis,
  BaseKnowledge,
  BuiltBase,
  ContextKnowledge,
  Dockerfile,
  Image,
  RuleMemory,
  RuleSurroundings,
} from "../core/analysis.ts";
import { analyse, builtBaseOf, unseenArchivesOf } from "../core/analysis.ts";
import type { Settings } from "./settings.ts";
import { budgetsIn } from "./settings.ts";

/** The newest analysis of one document, and what its file stood on when file and image agreed last. */
export interface DocumentAnalysis {
  /** The same object for as long as text, image and everything around them are the same objects. */
  of(dockerfile: Dockerfile, image: Image | undefined, around: Around): Analysis;
}

/** What a document is analysed with, beside its image. */
export interface Around {
  readonly settings: Settings;
  readonly files: RuleSurroundings;
  /** As found for the images that the file names. */
  readonly bases: Omit<BaseKnowledge, "built">;
  readonly context: ContextKnowledge | undefined;
}

/** What analysing needs. `onUnseen` is told of files that ADD unpacks if they are archives, and that nobody looked at yet. */
export interface DocumentAnalysisOptions {
  readonly memory: RuleMemory;
  readonly onUnseen: (paths: readonly string[]) => void;
}

interface Made {
  readonly analysis: Analysis;
  readonly around: AnalysedWith;
}

interface AnalysedWith extends Omit<Around, "bases"> {
  readonly bases: BaseKnowledge;
}

/** Nothing analysed yet. */
export function createDocumentAnalysis({
  memory,
  onUnseen,
}: DocumentAnalysisOptions): DocumentAnalysis {
  let made: Made | undefined;
  let built: BuiltBase | undefined;
  let bases: BaseKnowledge | undefined;
  return {
    of(dockerfile, image, { bases: found, ...rest }) {
      if (bases?.world !== found.world || bases.built !== built) bases = { ...found, built };
      const around = { ...rest, bases };
      if (made !== undefined && isMadeFrom(made, dockerfile, image, around)) return made.analysis;
      const analysis = analyseWith(dockerfile, image, around, memory);
      made = { analysis, around };
      built = builtBy(analysis, built);
      onUnseen(unseenArchivesOf(analysis));
      return analysis;
    },
  };
}

function isMadeFrom(
  { analysis, around: before }: Made,
  dockerfile: Dockerfile,
  image: Image | undefined,
  now: AnalysedWith,
): boolean {
  return (
    analysis.dockerfile === dockerfile &&
    analysis.image === image &&
    before.settings === now.settings &&
    before.files === now.files &&
    before.bases === now.bases &&
    before.context === now.context
  );
}

function analyseWith(
  dockerfile: Dockerfile,
  image: Image | undefined,
  { settings, files, bases, context }: AnalysedWith,
  memory: RuleMemory,
): Analysis {
  const { cost, rules } = settings;
  return analyse(
    dockerfile,
    image,
    { ...budgetsIn(settings), cost, rules },
    { files, memory, bases, context },
  );
}

/** Kept while the file agrees with its image: after an edit the image alone does not tell. The known one unless another is seen. */
function builtBy(
  { dockerfile, image, attribution }: Analysis,
  known: BuiltBase | undefined,
): BuiltBase | undefined {
  if (image === undefined || attribution === undefined) return known;
  const seen = builtBaseOf(dockerfile, image, attribution);
  return seen === undefined || isSameBase(seen, known) ? known : seen;
}

function isSameBase(one: BuiltBase, other: BuiltBase | undefined): boolean {
  return (
    one.imageId === other?.imageId &&
    one.baseKey === other.baseKey &&
    one.diffIds.length === other.diffIds.length &&
    one.diffIds.every((diffId, at) => diffId === other.diffIds[at])
  );
}
