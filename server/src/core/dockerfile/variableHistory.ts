import { countUpTo } from "../text/countUpTo.ts";
import type { Variables } from "./expand.ts";

/** What variables are set to one after the other. Every moment can be asked for, though no set of them is kept for each. */
export interface VariableHistory {
  /** Moments are given in ascending order. */
  set(moment: number, name: string, value: string | undefined): void;
  /** What is in effect before a moment. O(log settings of the name) for each name asked for. */
  before(moment: number): Variables;
}

interface Setting {
  readonly moment: number;
  readonly value: string | undefined;
}

/** `start` is in effect before all that is set; it must not change. */
export function createVariableHistory(start: Variables): VariableHistory {
  const byName = new Map<string, Setting[]>();
  const settingBefore = (moment: number, name: string): Setting | undefined => {
    const settings = byName.get(name) ?? [];
    return settings[countUpTo(settings, moment - 1, (one) => one.moment) - 1];
  };
  return {
    set(moment, name, value) {
      const settings = byName.get(name);
      if (settings === undefined) byName.set(name, [{ moment, value }]);
      else settings.push({ moment, value });
    },
    before: (moment) => ({
      has: (name) => settingBefore(moment, name) !== undefined || start.has(name),
      get(name) {
        const setting = settingBefore(moment, name);
        return setting === undefined ? start.get(name) : setting.value;
      },
    }),
  };
}
