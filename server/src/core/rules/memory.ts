import type { ReadImage } from "../image/image.ts";
import { type Piecework, share } from "../image/piecework.ts";

/** What rules found out about images and do not want to find out with each key typed. Kept by the caller, as long as the images are. */
export interface RuleMemory {
  /** What `find` returned for this image under this name; it is asked once. The name belongs to one kind of answer. */
  recall<T>(image: ReadImage, name: string, find: () => T): T;
  /** The same for what takes long: whoever asks next carries on where the last one stopped. */
  recallWork<T>(image: ReadImage, name: string, find: () => Piecework<T>): Piecework<T>;
}

/** Remembers nothing yet; forgets an image when nobody holds it any more. */
export function createRuleMemory(): RuleMemory {
  const answers = new WeakMap<ReadImage, Map<string, unknown>>();
  const recall: RuleMemory["recall"] = <T>(image: ReadImage, name: string, find: () => T): T => {
    const known = answers.get(image) ?? new Map<string, unknown>();
    answers.set(image, known);
    if (!known.has(name)) known.set(name, find());
    return known.get(name) as T;
  };
  return {
    recall,
    recallWork: (image, name, find) => recall(image, name, () => share(find)).carryOn(),
  };
}
