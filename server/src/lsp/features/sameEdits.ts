import { type Analysis, type BaseSwitch, type Rewrite, applyEdits } from "../../core/analysis.ts";

type Offered = Extract<BaseSwitch, { readonly kind: "offered" }>;

/** Whether an offer for the final stage makes the same text as a base switch, and says what the image will weigh. */
export function isSaidByOffer({ dockerfile, rewrites }: Analysis, { edit }: Offered): boolean {
  return rewrites.offers.some(
    ({ size, edits }) => size !== undefined && isSameText(dockerfile.text, edits, [edit]),
  );
}

/** Whether a base switch on the same FROM makes the same text as an offer that has no size to add. */
export function isSaidBySwitch(analysis: Analysis, { size, edits }: Rewrite): boolean {
  const final = analysis.dockerfile.stages.at(-1);
  if (size !== undefined || final === undefined) return false;
  const variants = analysis.variantsOf(final)?.variants ?? [];
  return variants.some(
    ({ change }) =>
      change.kind === "offered" && isSameText(analysis.dockerfile.text, edits, [change.edit]),
  );
}

function isSameText(text: string, one: Rewrite["edits"], other: Rewrite["edits"]): boolean {
  return applyEdits(text, one) === applyEdits(text, other);
}
