import type * as vscode from "vscode";

const key = "tare.chosenImages";

/** Which image the user chose for which Dockerfile, kept with the workspace. */
export interface RememberedChoices {
  /** References by document URI. */
  all(): Readonly<Record<string, string>>;
  /** Null forgets. */
  remember(uri: string, reference: string | null): Promise<void>;
}

/** The choices of a workspace. */
export function rememberedChoices(state: vscode.Memento): RememberedChoices {
  const all = (): Readonly<Record<string, string>> => state.get<Record<string, string>>(key, {});
  return {
    all,
    remember: async (uri, reference) => {
      const others = Object.entries(all()).filter(([known]) => known !== uri);
      const next = reference === null ? others : [...others, [uri, reference] as const];
      await state.update(key, Object.fromEntries(next));
    },
  };
}
