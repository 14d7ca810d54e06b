import type { Analysis } from "./analysis.ts";

type LazyPart = "budgets" | "findings" | "forecast" | "readiness" | "rewrites";

/** What an analysis has from the start. */
export type KnownParts = Omit<Analysis, LazyPart>;

/** What is made when it is first asked for; each function makes it once and gives the same from then on. */
export type LazyParts = { readonly [Part in LazyPart]: () => Analysis[Part] };

/**
 * An analysis of parts that are there and parts that are not yet. A class because of its getters: in an object literal they would belong to the
 * shape of that one object, and V8 keeps shapes, with all that their functions see, until it next goes through its old garbage. Up to then each
 * collection of young garbage would take along every analysis since.
 */
export class LazyAnalysis implements Analysis {
  readonly dockerfile: Analysis["dockerfile"];
  readonly image: Analysis["image"];
  readonly attribution: Analysis["attribution"];
  readonly layerBudget: Analysis["layerBudget"];
  readonly cost: Analysis["cost"];
  readonly contextKnowledge: Analysis["contextKnowledge"];
  readonly problems: Analysis["problems"];
  readonly variantsOf: Analysis["variantsOf"];
  readonly foundFindings: Analysis["foundFindings"];
  readonly findFindings: Analysis["findFindings"];
  readonly refactoringsAt: Analysis["refactoringsAt"];
  readonly #parts: LazyParts;

  constructor(known: KnownParts, parts: LazyParts) {
    this.dockerfile = known.dockerfile;
    this.image = known.image;
    this.attribution = known.attribution;
    this.layerBudget = known.layerBudget;
    this.cost = known.cost;
    this.contextKnowledge = known.contextKnowledge;
    this.problems = known.problems;
    this.variantsOf = known.variantsOf;
    this.foundFindings = known.foundFindings;
    this.findFindings = known.findFindings;
    this.refactoringsAt = known.refactoringsAt;
    this.#parts = parts;
  }

  get budgets(): Analysis["budgets"] {
    return this.#parts.budgets();
  }

  get findings(): Analysis["findings"] {
    return this.#parts.findings();
  }

  get forecast(): Analysis["forecast"] {
    return this.#parts.forecast();
  }

  get readiness(): Analysis["readiness"] {
    return this.#parts.readiness();
  }

  get rewrites(): Analysis["rewrites"] {
    return this.#parts.rewrites();
  }
}
